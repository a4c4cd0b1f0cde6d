// A request before it is bytes: an in all respects good one, which badness and noise then change.

export interface RequestDraft {
  requestLine: { method: string; path: string; query: string[]; version: string };
  headers: [name: string, value: string][];
  body: string;
  /** The client ends its side after the request, whatever it has announced. */
  endsEarly: boolean;
}

/** Latin-1 text of the bytes on the wire. */
export function renderDraft({ requestLine, headers, body }: RequestDraft): string {
  const { method, path, query, version } = requestLine;
  const target = path + (query.length > 0 ? `?${query.join('&')}` : '');
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} ${version}\r\n${lines.join('')}\r\n${body}`;
}

/** With its length. */
export function setBody(draft: RequestDraft, body: string | Buffer): void {
  const bytes = Buffer.from(body);
  draft.body = bytes.toString('latin1');
  setHeader(draft, 'Content-Length', String(bytes.length));
}

export function setHeader(draft: RequestDraft, name: string, value: string): void {
  removeHeader(draft, name);
  draft.headers.push([name, value]);
}

export function removeHeader(draft: RequestDraft, name: string): void {
  draft.headers = draft.headers.filter(([own]) => own.toLowerCase() !== name.toLowerCase());
}

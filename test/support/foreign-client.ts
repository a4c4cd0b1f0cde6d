// A client that is not one of our SDKs: it sends exactly the requests it is told to, by name and over TLS.
import type { Principal } from '../../local/azure/directory.ts';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import { type RawAnswer, sendRaw } from './open-door.ts';

export interface ForeignAnswer extends Omit<RawAnswer, 'body'> {
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read member by member in assertions.
  readonly body: any;
}

export interface ForeignRequest {
  readonly method?: string;
  /** As a string it goes out as it is, else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Send = (path: string, request?: ForeignRequest) => Promise<ForeignAnswer>;

/** Sends to `host` with a genuine token of `principal` for `audience`; without a principal, with none. */
export function foreignClient(
  azure: LocalAzure,
  host: string,
  principal?: Principal,
  audience = `https://${host}`,
): Send {
  return async (path, { method = 'GET', body, headers = {} } = {}) => {
    const token = principal && (await azure.tokens.issue(principal, audience)).accessToken;
    const content = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await sendRaw(host, path, {
      method,
      headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
      ...(content !== undefined && { body: content }),
    });
    const isJson = /^[[{]/.test(answer.body);
    return { ...answer, text: answer.body, body: isJson ? JSON.parse(answer.body) : undefined };
  };
}

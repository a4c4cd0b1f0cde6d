/** An event of the hub, as it is archived. */
export interface StreamEvent {
  /** Unique and rising in its partition. */
  readonly sequenceNumber: number;
  /** ISO 8601 in UTC; never falls in a partition. */
  readonly enqueuedTime: string;
  readonly offset: string;
  readonly partitionKey?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** Events of one partition, oldest first. */
export interface StreamBatch {
  readonly hub: string;
  readonly partitionId: string;
  readonly events: readonly StreamEvent[];
}

/** One line of JSON with its end. A body that is JSON is in it as it came, another as Base64. */
export function encodeLine(event: StreamEvent): string {
  const { body, ...facts } = event;
  const text = body.toString('utf8');
  const json = isJson(text) && Buffer.from(text).equals(body);
  // Outside of strings a line break means nothing, and in one JSON has none.
  const member = json ? `"event":${text.replaceAll(/[\r\n]+/g, ' ')}` : bodyAsBase64(body);
  return `${JSON.stringify(facts).slice(0, -1)},${member}}\n`;
}

/** Where the archive ends: of the last line that `encodeLine` has made. Throws SyntaxError for another. */
export function decodePosition(line: string): Pick<StreamEvent, 'sequenceNumber' | 'enqueuedTime'> {
  const { sequenceNumber, enqueuedTime } = JSON.parse(line) as Partial<StreamEvent>;
  if (typeof sequenceNumber !== 'number' || typeof enqueuedTime !== 'string') {
    throw new SyntaxError('not a line of the archive');
  }
  return { sequenceNumber, enqueuedTime };
}

function bodyAsBase64(body: Buffer): string {
  return `"eventBase64":"${body.toString('base64')}"`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

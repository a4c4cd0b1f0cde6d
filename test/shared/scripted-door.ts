// A server under one of Azure's names, over TLS, whose answers the test writes.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { after } from 'node:test';
import { openDoor } from '../support/open-door.ts';

export interface ScriptedDoor {
  /** `METHOD path?query`, query names decoded, in order of arrival. */
  readonly requests: readonly string[];
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void;
}

/** `name`: `management.azure.com:443`. Closed after the tests of the file. */
export async function openScriptedDoor(name: string): Promise<ScriptedDoor> {
  const requests: string[] = [];
  const door: ScriptedDoor = {
    requests,
    answer: (_, response) => json(response, 500, {}),
  };
  const close = await openDoor((request, response) => {
    requests.push(`${request.method} ${decodeURIComponent(request.url ?? '')}`);
    door.answer(request, response, requests.length);
  }, name);
  after(close);
  return door;
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

export const CANARY_TOKEN = 'canary-token-that-no-output-may-hold';

export const canaryCredential = {
  getToken: async () => ({ token: CANARY_TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }),
};

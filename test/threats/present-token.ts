// One try of a token at a door, and what is asked of its outcome.
import assert from 'node:assert/strict';
import type { JournalEntry } from '../../local/azure/journal.ts';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import type { OutgoingConnections } from '../support/outgoing-connections.ts';
import { getOverTls, type RawAnswer } from './raw-https.ts';
import type { DoorColumn, Presentation } from './token-doors.ts';

export interface Try {
  readonly answer: RawAnswer | undefined;
  readonly entries: readonly JournalEntry[];
  /** Connections that this process has opened meanwhile, but the one of the try. */
  readonly connected: readonly string[];
}

/** Sends one request to a door, with these header lines beside the door's own. */
export function createPresenter(
  { journal, ports }: LocalAzure,
  connections: OutgoingConnections,
): (column: DoorColumn, headerLines: readonly string[], query?: string) => Promise<Try> {
  return async ({ door, host, target, headers }, headerLines, query = '') => {
    const [since, connected] = [journal.position, connections.foreign.length];
    const answer = await getOverTls(
      { host, port: ports[door] ?? 0, target: target + query },
      [...headers, ...headerLines],
      connections.createSocket,
    );
    return {
      answer,
      entries: journal.since(since),
      connected: connections.foreign.slice(connected),
    };
  };
}

export function assertRefused(
  { answer, entries, connected }: Try,
  column: DoorColumn,
  problem: Presentation,
  found = '',
): void {
  const expected = column.refusal(problem, found);
  assert.ok(answer, 'no answer');
  assert.match(answer.body, expected.body, problem);
  assert.equal(answer.status, expected.status);
  assert.match(answer.headers.get('www-authenticate') ?? '', expected.challenge);
  assert.deepEqual(
    entries.map(({ kind, ...facts }) => [kind, 'principalId' in facts]),
    [['request', false]],
    'one request of nobody, and no decision',
  );
  assert.deepEqual(connected, [], 'nothing was fetched');
}

export function assertTaken({ answer, entries }: Try): void {
  assert.equal(answer?.status, 200, answer?.body);
  const request = entries.find(({ kind }) => kind === 'request');
  assert.ok(request && 'principalId' in request);
}

/** Neither answer nor journal may hold a part of the token. */
export function assertNotTold({ answer, entries }: Try, token: string): void {
  const told = JSON.stringify([answer?.body, [...(answer?.headers ?? [])], entries]);
  for (const part of token.split('.').filter(({ length }) => length > 20)) {
    assert.ok(!told.includes(part), 'the refusal or the journal holds a part of the token');
  }
}

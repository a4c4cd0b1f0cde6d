// One try of a token at the door of Azure SQL, byte for byte, and what is asked of its outcome.
import assert from 'node:assert/strict';
import type { JournalEntry } from '../../local/azure/journal.ts';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import { ByteReader } from '../../local/azure/tds/byte-reader.ts';
import type { TokenProblem } from '../../local/azure/tokens/tokens.ts';
import {
  ADAL,
  connectStrict,
  login7,
  login7With,
  packet,
  prelogin,
  type RawClient,
} from '../local/azure/tds/raw-client.ts';
import type { OutgoingConnections } from '../support/outgoing-connections.ts';
import { SERVER } from '../support/sql-server.ts';

export interface LoginError {
  readonly number: number;
  readonly message: string;
}

export interface LoginTry {
  /** None: let in. The connection has ended behind them. */
  readonly errors: readonly LoginError[];
  readonly entries: readonly JournalEntry[];
  /** Connections that this process has opened meanwhile, but the one of the try. */
  readonly connected: readonly string[];
}

/** What a client sends behind PRELOGIN, in turns with the server. */
export type Messages = readonly (readonly [type: number, data: Buffer])[];

const LOGIN7 = 0x10;
const FEDAUTH = 0x08;
const database = 'inventory';

/** The token in LOGIN7 itself. */
export const inLogin = (token: string): Messages => [[LOGIN7, login7(token, { database })]];

/** The token when the server asks for it. `lengthChange`: what its length is wrong by, in bytes. */
export function onRequest(token: string, lengthChange = 0): Messages {
  const bytes = Buffer.from(token, 'utf16le').subarray(
    0,
    lengthChange < 0 ? lengthChange : undefined,
  );
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(bytes.length + 4, 0);
  lengths.writeUInt32LE(bytes.length, 4);
  return [
    [LOGIN7, login7With(ADAL, { database })],
    [FEDAUTH, Buffer.concat([lengths, bytes])],
  ];
}

/** A login by name, and the token when nobody asked. */
export const behindPassword = (token: string, userName: string): Messages => [
  [LOGIN7, login7With(undefined, { database, userName })],
  ...onRequest(token).slice(1),
];

export function createLoginPresenter(
  { journal, ports }: LocalAzure,
  connections: OutgoingConnections,
): (messages: Messages) => Promise<LoginTry> {
  return async (messages) => {
    const [since, connected] = [journal.position, connections.foreign.length];
    const client = await connectStrict(ports.sql ?? 0, SERVER, connections.createSocket());
    try {
      const errors = await talk(client, messages);
      return {
        errors,
        entries: journal.since(since),
        connected: connections.foreign.slice(connected),
      };
    } finally {
      client.destroy();
    }
  };
}

const ERROR = 0xaa;
const FEDAUTHINFO = 0xee;
const FIRST_PACKET_BYTES = 4096 - 8;

async function talk(client: RawClient, messages: Messages): Promise<readonly LoginError[]> {
  client.send(packet(0x12, prelogin));
  await client.next();
  for (const [type, data] of messages) {
    for (let at = 0; at < data.length; at += FIRST_PACKET_BYTES) {
      const isLast = at + FIRST_PACKET_BYTES >= data.length;
      client.send(packet(type, data.subarray(at, at + FIRST_PACKET_BYTES), isLast ? 1 : 0));
    }
    const answer = await client.next();
    if (answer[0] === ERROR) {
      await client.closed;
      return readErrors(answer);
    }
    if (answer[0] !== FEDAUTHINFO) return [];
  }
  return assert.fail('the server asks for more');
}

function readErrors(answer: Buffer): readonly LoginError[] {
  const reader = new ByteReader(answer);
  const errors: LoginError[] = [];
  while (reader.uint8() === ERROR) {
    const body = new ByteReader(reader.bytes(reader.uint16()));
    const number = body.uint32();
    body.bytes(2);
    errors.push({ number, message: body.text(body.uint16()) });
  }
  return errors;
}

const notAccepted = ' The server is not currently configured to accept this token.';
const reasons: Readonly<Record<Exclude<TokenProblem, 'missing'>, string>> = {
  malformed: '',
  signature: '',
  notYetValid: '',
  principal: '',
  expired: ' Token is expired.',
  issuer: notAccepted,
  audience: notAccepted,
};

export function assertLoginRefused(
  { errors, entries, connected }: LoginTry,
  problem: keyof typeof reasons,
): void {
  const message = `Login failed for user '<token-identified principal>'.${reasons[problem]}`;
  assert.deepEqual(errors, [{ number: 18_456, message }]);
  assert.deepEqual(
    entries.map((entry) =>
      entry.kind === 'decision' ? [entry.allowed, entry.principalId] : entry.kind,
    ),
    [[false, ''], 'sql'],
    'one refusal, of nobody',
  );
  assert.deepEqual(connected, [], 'nothing was fetched');
}

/** What is no login at all: the connection is broken off before a token is looked at. */
export function assertBrokenOff({ errors, entries, connected }: LoginTry, number: number): void {
  assert.deepEqual(
    errors.map((error) => error.number),
    [number],
  );
  assert.deepEqual(
    entries.map(({ kind }) => kind),
    ['sql'],
  );
  assert.deepEqual(connected, []);
}

export function assertLetIn({ errors, entries }: LoginTry): void {
  assert.deepEqual(errors, []);
  const decision = entries.find((entry) => entry.kind === 'decision');
  assert.ok(decision?.kind === 'decision' && decision.allowed && decision.principalId !== '');
}

/** Neither answer nor journal may hold a part of the token. */
export function assertLoginNotTold({ errors, entries }: LoginTry, token: string): void {
  const told = JSON.stringify([errors, entries]);
  for (const part of token.split('.').filter(({ length }) => length > 20)) {
    assert.ok(!told.includes(part), 'the refusal or the journal holds a part of the token');
  }
}

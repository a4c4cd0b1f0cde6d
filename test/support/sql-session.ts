// The SQL engine with one server and one database, asked without a wire: batches in, events out.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { systemClock } from '../../local/azure/clock.ts';
import { Directory, type Principal } from '../../local/azure/directory.ts';
import { Journal } from '../../local/azure/journal.ts';
import { createSql, type Sql } from '../../local/azure/sql/run/create-sql.ts';
import { sidOf } from '../../local/azure/sql/security/sid.ts';
import type { ResultSink, SqlSession } from '../../local/azure/tds/sql-session.ts';
import type { SqlValue } from '../../local/azure/tds/sql-type.ts';
import { tenantId } from '../../local/azure/tenant.ts';
import { createTokens } from '../../local/azure/tokens/create-tokens.ts';
import { createSigningKeys } from '../../local/azure/tokens/signing-keys.ts';

export const serverId =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/sql-test';
export const databaseId = `${serverId}/databases/inventory`;

const identity = (displayName: string, number: number): Principal => ({
  principalId: `11111111-aaaa-4bbb-8ccc-00000000000${number}`,
  clientId: `22222222-aaaa-4bbb-8ccc-00000000000${number}`,
  kind: 'ManagedIdentity',
  displayName,
  resourceId: `/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${displayName}`,
});
/** The server's administrator, a user of the database, and nobody there. */
export const admin = identity('sql-admin', 1);
export const app = identity('app', 2);
export const stranger = identity('stranger', 3);

/** Of a client id, as `CREATE USER … WITH SID = …` writes it. */
export const sidLiteral = (clientId: string) =>
  `0x${Buffer.from(sidOf(clientId)).toString('hex').toUpperCase()}`;
export const createUser = (name: string, { clientId }: Principal) =>
  `CREATE USER [${name}] WITH SID = ${sidLiteral(clientId)}, TYPE = E`;

export interface TestSession {
  readonly session: SqlSession;
  /** What a batch does, in order: `row 1, a`, `error 2627 …`, `info 0 …`, `done insert 1`, `begin`, `rollback`. */
  run(text: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** The numbers of its errors. */
  errors(text: string): Promise<readonly number[]>;
  /** The rows of all its results. Throws Error with the first error's number and words. */
  rows(text: string): Promise<readonly (readonly SqlValue[])[]>;
  value(text: string): Promise<SqlValue | undefined>;
}

export interface TestSql extends Sql {
  readonly databaseDirectory: string;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly paused: Set<string>;
  token(principal: Principal, audience?: string): Promise<string>;
  open(principal?: Principal, database?: string): Promise<TestSession>;
}

/** Stopped after the last test, its files removed. `definitions`: batches that the administrator runs first. */
export async function useSql(definitions: readonly string[] = []): Promise<TestSql> {
  const databaseDirectory = mkdtempSync(join(tmpdir(), 'sql-test-'));
  const sql = await openSql(databaseDirectory);
  after(() => {
    sql.stop();
    rmSync(databaseDirectory, { recursive: true, force: true });
  });
  const { session, rows } = await sql.open();
  for (const text of definitions) await rows(text);
  session.close();
  return sql;
}

/** The engine on a folder that may hold databases already. */
export async function openSql(databaseDirectory: string): Promise<TestSql> {
  const journal = new Journal(systemClock);
  const directory = new Directory(tenantId);
  for (const principal of [admin, app, stranger]) directory.add(principal);
  const tokens = createTokens({
    clock: systemClock,
    directory,
    keys: await createSigningKeys(),
    lifetimeSeconds: () => 3_600,
  });
  const paused = new Set<string>();
  const sql = createSql({
    ...{ clock: systemClock, journal, directory, tokens },
    databaseDirectory: () => databaseDirectory,
    isPaused: (id) => paused.has(id),
  });
  await deploy(sql);
  const token = async (principal: Principal, audience = 'https://database.windows.net/') =>
    (await tokens.issue(principal, audience)).accessToken;
  const open = async (principal = admin, database = 'inventory') => {
    const credential = { kind: 'token', token: await token(principal) } as const;
    return asTestSession(
      await sql.backend.login(
        {
          ...{ serverName: 'sql-test.database.windows.net', database, credential },
          ...{ applicationName: 'test', hostName: 'here', clientAddress: '127.0.0.1' },
        },
        new AbortController().signal,
      ),
    );
  };
  return { ...sql, databaseDirectory, journal, directory, paused, token, open };
}

/** As ARM would: the server, the rule for Azure's inside, the database. */
export async function deploy({ dataPlane }: Sql): Promise<void> {
  await dataPlane.putServer({
    name: 'sql-test',
    resourceId: serverId,
    administrator: {
      login: admin.displayName,
      sid: admin.clientId,
      principalType: 'Application',
      tenantId,
    },
    azureADOnlyAuthentication: true,
    publicNetworkAccess: 'Enabled',
  });
  dataPlane.putFirewallRule({
    ...{ serverName: 'sql-test', name: 'AllowAllWindowsAzureIps' },
    ...{ startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' },
  });
  await dataPlane.putDatabase({
    ...{ serverName: 'sql-test', name: 'inventory', resourceId: databaseId },
    ...{ collation: 'SQL_Latin1_General_CP1_CI_AS', maxSizeBytes: 1e9, isServerless: false },
  });
}

function asTestSession(session: SqlSession): TestSession {
  const run = async (text: string, signal = new AbortController().signal) => {
    const recorded = record();
    await session.executeBatch(text, recorded.sink, signal);
    return recorded;
  };
  const rows = async (text: string) => {
    const { events, rows: values } = await run(text);
    const error = events.find((event) => event.startsWith('error'));
    if (error !== undefined) throw new Error(error);
    return values;
  };
  return {
    session,
    run: async (text, signal) => (await run(text, signal)).events,
    errors: async (text) => {
      const { events } = await run(text);
      return events
        .filter((event) => event.startsWith('error'))
        .map((event) => Number(event.split(' ')[1]));
    },
    rows,
    value: async (text) => (await rows(text))[0]?.[0],
  };
}

/** A sink that keeps what it is told. */
export function record() {
  const events: string[] = [];
  const rows: (readonly SqlValue[])[] = [];
  const sink: ResultSink = {
    columns: (columns) => void events.push(`columns ${columns.map(({ name }) => name).join(', ')}`),
    row: (values) => {
      rows.push(values);
      events.push(`row ${values.map(String).join(', ')}`);
    },
    done: (command, count) => void events.push(`done ${command} ${count ?? ''}`.trimEnd()),
    message: ({ number, message }) => void events.push(`info ${number} ${message}`),
    error: ({ number, message }) => void events.push(`error ${number} ${message}`),
    returnValue: (_ordinal, name, _type, value) => void events.push(`output ${name} ${value}`),
    returnStatus: (status) => void events.push(`status ${status}`),
    environment: ({ kind }) => void events.push(kind.replace('Transaction', '')),
  };
  return { events, rows, sink };
}

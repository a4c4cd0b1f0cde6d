// A database server that does as it is told, for tests of the protocol alone.
import { SqlError } from '../../../../local/azure/tds/sql-error.ts';
import {
  type Column,
  type LoginRequest,
  type Parameter,
  type ResultSink,
  type SqlBackend,
  SqlLoginError,
  type SqlSession,
} from '../../../../local/azure/tds/sql-session.ts';
import type { SqlValue } from '../../../../local/azure/tds/sql-type.ts';

export interface ScriptedBackend extends SqlBackend {
  readonly logins: LoginRequest[];
  /** What sessions were asked, in order: `begin 2`, `commit`, `reset`, `close` … */
  readonly calls: string[];
  readonly openSessions: () => number;
}

export const GOOD_TOKEN = 'good-token';

const int = (name: string): Column => ({ name, type: { name: 'int' }, nullable: false });

export const SIX_COLUMNS: readonly Column[] = [
  int('Id'),
  { name: 'Name', type: { name: 'nvarchar', length: 100 }, nullable: true },
  { name: 'Number', type: { name: 'bigint' }, nullable: true },
  { name: 'IsGood', type: { name: 'bit' }, nullable: false },
  { name: 'At', type: { name: 'datetime2', scale: 7 }, nullable: true },
  { name: 'Key', type: { name: 'uniqueidentifier' }, nullable: true },
];

export function sixValues(id: number): SqlValue[] {
  const key = `6F9619FF-8B86-D011-B42D-${String(id).padStart(12, '0')}`;
  return [
    id,
    `resource ${id}`,
    BigInt(id) * 10n ** 10n,
    id % 2,
    '2026-11-25 06:22:47.1234567',
    key,
  ];
}

export function createScriptedBackend(): ScriptedBackend {
  const logins: LoginRequest[] = [];
  const calls: string[] = [];
  let open = 0;
  return {
    logins,
    calls,
    openSessions: () => open,
    federatedAuthentication: {
      stsUrl: 'https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee',
      spn: 'https://database.windows.net/',
    },
    async login(request) {
      logins.push(request);
      const { credential, database } = request;
      if (credential.kind !== 'token' || credential.token !== GOOD_TOKEN) {
        const user =
          credential.kind === 'password' ? credential.userName : '<token-identified principal>';
        throw new SqlLoginError([new SqlError(18456, `Login failed for user '${user}'.`, 14)]);
      }
      if (database === 'nope') {
        throw new SqlLoginError([
          new SqlError(4060, 'Cannot open database "nope" requested by the login.', 11),
          new SqlError(18456, "Login failed for user '<token-identified principal>'.", 14),
        ]);
      }
      open += 1;
      return createSession(database || 'master', calls, () => {
        open -= 1;
      });
    },
  };
}

function createSession(database: string, calls: string[], onClose: () => void): SqlSession {
  const prepared = new Map<number, string>();
  let transaction = 0n;
  const run = (
    text: string,
    parameters: readonly Parameter[],
    sink: ResultSink,
    signal: AbortSignal,
  ) => runScript(text, parameters, sink, signal, calls);
  return {
    database,
    processId: 51,
    loginMessages: [
      { number: 5701, state: 2, class: 0, message: `Changed database context to '${database}'.` },
      { number: 5703, state: 1, class: 0, message: 'Changed language setting to us_english.' },
    ],
    executeBatch: (text, sink, signal) => run(text, [], sink, signal),
    executeSql: (text, declarations, parameters, sink, signal) => {
      calls.push(`executeSql ${declarations}`);
      return run(text, parameters, sink, signal);
    },
    async executeProcedure(name, parameters, sink, signal) {
      calls.push(`procedure ${name}`);
      if (name !== 'dbo.Echo')
        throw new SqlError(2812, `Could not find stored procedure '${name}'.`, 16, 62);
      await run('echo', parameters, sink, signal);
      sink.returnStatus(7);
      parameters.forEach(({ isOutput, name: own, type, value }, ordinal) => {
        if (isOutput) void sink.returnValue(ordinal, own, type, value);
      });
    },
    prepare(_declarations, text) {
      if (text.includes('bad')) throw new SqlError(102, "Incorrect syntax near 'bad'.", 15);
      prepared.set(prepared.size + 1, text);
      return prepared.size;
    },
    async executePrepared(handle, parameters, sink, signal) {
      const text = prepared.get(handle);
      if (text === undefined)
        throw new SqlError(8179, `Could not find prepared statement with handle ${handle}.`);
      await run(text, parameters, sink, signal);
    },
    unprepare(handle) {
      calls.push(`unprepare ${handle}`);
      prepared.delete(handle);
    },
    async beginTransaction(isolationLevel, _name, sink) {
      transaction += 1n;
      calls.push(`begin ${isolationLevel}`);
      await sink.environment({ kind: 'beginTransaction', id: transaction });
    },
    async commitTransaction(_name, sink) {
      calls.push('commit');
      await sink.environment({ kind: 'commitTransaction', id: transaction });
    },
    async rollbackTransaction(_name, sink) {
      calls.push('rollback');
      await sink.environment({ kind: 'rollbackTransaction', id: transaction });
    },
    async saveTransaction(name) {
      calls.push(`save ${name}`);
    },
    reset: (keepTransaction) => void calls.push(keepTransaction ? 'reset keeping' : 'reset'),
    close() {
      calls.push('close');
      onClose();
    },
  };
}

async function runScript(
  text: string,
  parameters: readonly Parameter[],
  sink: ResultSink,
  signal: AbortSignal,
  calls: string[],
): Promise<void> {
  const [verb = '', argument = ''] = text.trim().split(' ');
  switch (verb.toLowerCase()) {
    case 'echo':
      await sink.columns(
        parameters.map(({ name, type }) => ({ name: name.replace('@', ''), type, nullable: true })),
      );
      await sink.row(parameters.map(({ value }) => value));
      await sink.done('select', 1);
      return;
    case 'rows': {
      await sink.columns(SIX_COLUMNS);
      const count = Number(argument);
      let sent = 0;
      for (; sent < count && !signal.aborted; sent++) await sink.row(sixValues(sent));
      calls.push(`rows ${sent}`);
      await sink.done('select', sent);
      return;
    }
    case 'fail':
      await sink.error({
        number: Number(argument),
        state: 3,
        class: Number(argument) === 596 ? 21 : 16,
        message: 'It failed.',
        line: 4,
        procedure: 'dbo.Failing',
      });
      await sink.done('insert', undefined);
      return;
    case 'crash':
      throw new Error('a fault of the backend');
    case 'two':
      await sink.columns([int('First')]);
      await sink.row([1]);
      await sink.done('select', 1);
      await sink.message({ number: 0, state: 1, class: 0, message: 'Hello between.' });
      await sink.columns([int('Second')]);
      await sink.row([2]);
      await sink.row([3]);
      await sink.done('select', 2);
      return;
    case 'wait':
      calls.push('waiting');
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve());
      });
      calls.push('cancelled');
      return;
    case 'set':
      await sink.done('other', undefined);
      return;
    default:
      await sink.columns([int('')]);
      await sink.row([1]);
      await sink.done('select', 1);
  }
}

// The procedures that the protocol itself knows [MS-TDS 2.2.6.6 ProcID], by name or by id.
import { SqlError } from '../sql-error.ts';
import type { Parameter, ResultSink, SqlSession } from '../sql-session.ts';
import type { RpcRequest } from './rpc-request.ts';

interface SystemProcedure {
  /** Parameters that are the procedure's own, before those of the statement. */
  readonly own: number;
  run(
    session: SqlSession,
    parameters: readonly Parameter[],
    sink: ResultSink,
    signal: AbortSignal,
  ): Promise<void>;
}

const procedures: Readonly<Record<string, SystemProcedure>> = {
  sp_executesql: {
    own: 2,
    async run(session, parameters, sink, signal) {
      const text = needText(parameters[0], '@statement');
      const rest = parameters.slice(2);
      await session.executeSql(text, textOrEmpty(parameters[1], '@params'), rest, sink, signal);
    },
  },
  sp_prepare: {
    own: 0,
    async run(session, parameters, sink) {
      const text = needText(parameters[2], '@stmt');
      const handle = session.prepare(textOrEmpty(parameters[1], '@params'), text);
      await returnHandle(sink, parameters, 0, handle);
    },
  },
  sp_execute: {
    own: 1,
    async run(session, parameters, sink, signal) {
      await session.executePrepared(needHandle(parameters), parameters.slice(1), sink, signal);
    },
  },
  sp_prepexec: {
    own: 3,
    async run(session, parameters, sink, signal) {
      const text = needText(parameters[2], '@stmt');
      const before = parameters[0]?.value;
      // SqlClient: -1 for none.
      if (typeof before === 'number' && before > 0) session.unprepare(before);
      const handle = session.prepare(textOrEmpty(parameters[1], '@params'), text);
      await returnHandle(sink, parameters, 3, handle);
      await session.executePrepared(handle, parameters.slice(3), sink, signal);
    },
  },
  sp_unprepare: {
    own: 0,
    async run(session, parameters) {
      session.unprepare(needHandle(parameters));
    },
  },
};

/** Undefined: a procedure of the database's. Throws SqlError 2812 for those that the stand-in lacks. */
export function findSystemProcedure({ procedure }: RpcRequest): SystemProcedure | undefined {
  const name = procedure.replace(/[[\]]/g, '').toLowerCase();
  const bare = name.replace(/^(?:master)?\.?(?:(?:sys|dbo)?\.)?/, '');
  // Pretend: no server cursors, and of a well-known number only what drivers use.
  if (/^(?:sp_cursor|sp_prepexecrpc|\d+$)/.test(bare)) {
    throw new SqlError(2812, `Could not find stored procedure '${procedure}'.`, 16, 62);
  }
  return Object.hasOwn(procedures, bare) ? procedures[bare] : undefined;
}

async function returnHandle(
  sink: ResultSink,
  parameters: readonly Parameter[],
  own: number,
  handle: number,
): Promise<void> {
  // Its place counts from the statement's first parameter.
  await sink.returnValue(-own, parameters[0]?.name ?? '', { name: 'int' }, handle);
}

function needText(parameter: Parameter | undefined, name: string): string {
  if (typeof parameter?.value === 'string') return parameter.value;
  throw wrongType(name, 'ntext/nchar/nvarchar');
}

function textOrEmpty(parameter: Parameter | undefined, name: string): string {
  return parameter === undefined || parameter.value === null ? '' : needText(parameter, name);
}

function needHandle(parameters: readonly Parameter[]): number {
  const value = parameters[0]?.value;
  if (typeof value === 'number') return value;
  throw wrongType('@handle', 'int');
}

function wrongType(name: string, types: string): SqlError {
  return new SqlError(214, `Procedure expects parameter '${name}' of type '${types}'.`, 16, 2);
}

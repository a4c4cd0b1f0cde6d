// From a request of a client that has logged in to calls of its session.

import { MalformedError, unexpectedType } from './malformed.ts';
import { type Message, notSupported, packetType } from './packet.ts';
import { type RpcRequest, readRpcRequests } from './requests/rpc-request.ts';
import { readSqlBatch } from './requests/sql-batch.ts';
import { findSystemProcedure } from './requests/system-procedure.ts';
import { readTransactionRequest } from './requests/transaction-request.ts';
import { Response, type ResponseStream } from './response.ts';
import { SqlError } from './sql-error.ts';
import type { SqlSession } from './sql-session.ts';

interface Running {
  readonly session: SqlSession;
  readonly response: Response;
  readonly signal: AbortSignal;
}

/**
 * Answers one request. Returns whether the connection goes on. Throws MalformedError, and whatever the session threw
 * that is no SqlError.
 */
export async function runRequest(
  message: Message,
  session: SqlSession,
  stream: ResponseStream,
  signal: AbortSignal,
): Promise<boolean> {
  const response = new Response(stream, signal);
  const running = { session, response, signal };
  if (message.reset !== 'no') await reset(message.reset, running);
  // Its client wants the end of an answer, and no more.
  if (!message.isIgnored && !signal.aborted) {
    await attempt(running, () => dispatch(message, running));
  }
  await response.end();
  return !response.endsConnection;
}

async function reset(
  kind: Exclude<Message['reset'], 'no'>,
  { session, response }: Running,
): Promise<void> {
  const from = session.database;
  session.reset(kind === 'keepTransaction');
  response.resetDone();
  const to = session.database;
  if (to !== from) await response.environment({ kind: 'database', from, to });
}

async function dispatch({ type, data }: Message, running: Running): Promise<void> {
  const { session, response, signal } = running;
  switch (type) {
    case packetType.sqlBatch:
      return session.executeBatch(readSqlBatch(data), response, signal);
    case packetType.rpc:
      for (const request of readRpcRequests(data)) {
        if (signal.aborted) return;
        await runProcedure(request, running);
      }
      return;
    case packetType.transactionManager:
      return runTransaction(data, running);
    case packetType.bulkLoad:
      // Pretend: no bulk load.
      throw new SqlError(40517, notSupported('BULK INSERT'));
    default:
      throw unexpectedType(type);
  }
}

/** Errors of the session, and of requests that can be read to their end, are part of the answer. */
async function attempt({ response }: Running, run: () => Promise<void>): Promise<number> {
  try {
    await run();
    return 0;
  } catch (error) {
    if (!(error instanceof SqlError) || error instanceof MalformedError) throw error;
    await response.error(error);
    for (const message of error.followedBy) {
      await (message.class > 10 ? response.error(message) : response.message(message));
    }
    return error.number;
  }
}

async function runProcedure(request: RpcRequest, running: Running): Promise<void> {
  const { session, response, signal } = running;
  const { procedure, parameters } = request;
  response.beginProcedure(0);
  const failure = await attempt(running, async () => {
    const system = findSystemProcedure(request);
    if (!system) return session.executeProcedure(procedure, parameters, response, signal);
    response.beginProcedure(system.own);
    return system.run(session, parameters, response, signal);
  });
  await response.endProcedure(failure);
}

async function runTransaction(data: Buffer, { session, response }: Running): Promise<void> {
  const request = readTransactionRequest(data);
  switch (request.kind) {
    case 'begin':
      return session.beginTransaction(request.isolationLevel, request.name, response);
    case 'save':
      return session.saveTransaction(request.name, response);
    case 'commit':
      await session.commitTransaction(request.name, response);
      break;
    case 'rollback':
      await session.rollbackTransaction(request.name, response);
  }
  const { thenBegin } = request;
  if (thenBegin) {
    await session.beginTransaction(thenBegin.isolationLevel, thenBegin.name, response);
  }
}

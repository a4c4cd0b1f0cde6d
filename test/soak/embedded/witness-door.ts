// A door of the embedded Azure once more, in front of it: misbehaves on demand, and sees every exchange that got
// through, one at a time. Calls that are not answered for by the test go on as they came.
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { DoorWithoutSql } from '../../../local/azure/faults/fault.ts';
import type { FaultPlan } from '../../../local/azure/faults/fault-plan.ts';
import { createFaultyListener } from '../../../local/azure/faults/faulty-listener.ts';
import {
  type RunningServer,
  startServer,
  type TlsIdentity,
} from '../../../local/azure/http/server.ts';

export interface Exchange {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly requestBody: Buffer;
  readonly status: number;
  readonly body: Buffer;
}

export interface Witness {
  /** Another target to ask for instead; undefined for the same. */
  readonly redirect?: (method: string, target: string) => string | undefined;
  /** Told of each answer before it goes back; may give another body. */
  readonly saw: (exchange: Exchange) => Buffer | number | undefined;
}

export interface WitnessDoorOptions {
  readonly door: DoorWithoutSql;
  readonly faults: FaultPlan;
  readonly tls: TlsIdentity;
  /** Loopback port of the door behind. */
  readonly port: number;
  readonly witness: () => Witness;
}

export function openWitnessDoor(options: WitnessDoorOptions): Promise<RunningServer> {
  let turn: Promise<unknown> = Promise.resolve();
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    turn = turn.then(() => exchange(incoming, outgoing, options)).catch(() => outgoing.destroy());
  };
  return startServer(createFaultyListener(options.door, options.faults, listener), {
    tls: options.tls,
  });
}

async function exchange(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { port, witness }: WitnessDoorOptions,
): Promise<void> {
  const { method = 'GET', url: target = '/' } = incoming;
  const requestBody = await buffer(incoming);
  const { redirect, saw } = witness();
  const path = redirect?.(method, target) ?? target;
  const answer = await send(incoming, path, requestBody, port);
  const body = await buffer(answer);
  const status = answer.statusCode ?? 502;
  const changed = saw({ method, target, requestBody, status, body });
  if (typeof changed === 'number') {
    outgoing.writeHead(changed, { 'content-type': 'application/json' }).end('{"error":{}}');
    return;
  }
  const { 'transfer-encoding': _, connection: __, ...headers } = answer.headers;
  const shown = changed ?? body;
  if (method !== 'HEAD' && headers['content-length'] !== undefined) {
    headers['content-length'] = String(shown.length);
  }
  outgoing.writeHead(status, answer.statusMessage, headers).end(shown);
}

function send(
  { method, headers }: IncomingMessage,
  path: string,
  body: Buffer,
  port: number,
): Promise<IncomingMessage> {
  const { connection: _, ...kept } = headers;
  const servername = headers.host?.replace(/:\d+$/, '') ?? '';
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername, method, path, headers: kept };
    https
      .request({ ...options, agent: false })
      .once('response', resolve)
      .once('error', reject)
      .end(body);
  });
}

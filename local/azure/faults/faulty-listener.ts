import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Listener, rawSocketOf } from '../http/server.ts';
import type { AfterCut, CommonFault, DoorWithoutSql } from './fault.ts';
import type { FaultPlan } from './fault-plan.ts';
import { renderStatus } from './render-status.ts';

/** A door's listener with the plan in front of it. Without a fault for a call nothing is added to it. */
export function createFaultyListener(
  door: DoorWithoutSql,
  plan: FaultPlan,
  listener: Listener,
): Listener {
  return (request, response) => {
    const fault = plan.take(door, `${request.method} ${request.url}`);
    if (fault) misbehave(fault, door, listener, request, response);
    else listener(request, response);
  };
}

function misbehave(
  fault: CommonFault,
  door: DoorWithoutSql,
  listener: Listener,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (fault.kind) {
    case 'hang':
      request.resume();
      return;
    case 'cutRequest':
      cutRequest(request, fault.atPercent, () => after(fault.afterwards, request));
      return;
    case 'status': {
      const { headers, body } = renderStatus(door, fault);
      request.resume();
      request.once('end', () => response.writeHead(fault.status, headers).end(body));
      return;
    }
    case 'slow':
      setTimeout(() => listener(request, response), fault.delayMs).unref();
      return;
    case 'wrongBody':
      replaceBody(response, () => Buffer.from(fault.body));
      listener(request, response);
      return;
    case 'cutResponse':
      cutResponse(fault, request, response);
      listener(request, response);
  }
}

/** Reads none, or half of the announced body, before the cut. */
function cutRequest(request: IncomingMessage, atPercent: 0 | 50, cut: () => void): void {
  const half = Number(request.headers['content-length'] ?? 0) / 2;
  if (atPercent === 0 || half === 0) {
    cut();
    return;
  }
  let read = 0;
  request.on('data', (chunk: Buffer) => {
    const before = read;
    read += chunk.length;
    if (before < half && read >= half) {
      request.pause();
      cut();
    }
  });
}

function after(afterwards: AfterCut, { socket }: IncomingMessage): void {
  if (afterwards === 'fin') socket.end();
  if (afterwards === 'rst') rawSocketOf(socket).resetAndDestroy();
}

function cutResponse(
  { atPercent, afterwards }: Extract<CommonFault, { kind: 'cutResponse' }>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (afterwards === 'end') {
    replaceBody(response, (body) => body.subarray(0, body.length / 2));
    return;
  }
  const { socket } = request;
  captureBody(response, (head, body) => {
    // Half of nothing would be a whole answer, on a connection that stays silent for the next request.
    if (atPercent === 0 || body.length === 0) {
      after(afterwards, request);
      return;
    }
    // The announced length stays whole: the client waits for the other half.
    head({ 'content-length': String(body.length) });
    response.write(body.subarray(0, body.length / 2), () => {
      if (afterwards !== 'silence')
        setImmediate(() => after(afterwards, { socket } as IncomingMessage));
    });
  });
}

function replaceBody(response: ServerResponse, change: (body: Buffer) => Buffer): void {
  captureBody(response, (head, body, end) => {
    const changed = change(body);
    head({ 'content-length': String(changed.length) });
    end(changed);
  });
}

type SendHead = (headers: Record<string, string>) => void;

/** Holds the response back until it is complete; `finish` then sends what it likes of it. */
function captureBody(
  response: ServerResponse,
  finish: (head: SendHead, body: Buffer, end: (body: Buffer) => void) => void,
): void {
  const { writeHead, end, write } = response;
  const chunks: Buffer[] = [];
  let headArguments: unknown[] = [];
  const keep = (chunk: unknown, encoding: unknown) => {
    if (chunk === undefined || chunk === null || typeof chunk === 'function') return;
    const text = typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
    chunks.push(
      typeof chunk === 'string' ? Buffer.from(chunk, text) : Buffer.from(chunk as Buffer),
    );
  };
  response.writeHead = ((...args: unknown[]) => {
    headArguments = args;
    return response;
  }) as typeof writeHead;
  response.write = ((chunk: unknown, encoding: unknown) => {
    keep(chunk, encoding);
    return true;
  }) as typeof write;
  response.end = ((chunk: unknown, encoding: unknown) => {
    keep(chunk, encoding);
    Object.assign(response, { writeHead, write, end });
    const sendHead: SendHead = (headers) => {
      const status = Number(headArguments[0] ?? response.statusCode);
      const given = headArguments.findLast((arg) => typeof arg === 'object') ?? {};
      const kept = Object.entries(given as Record<string, string>).filter(
        ([name]) => !/^(content-length|transfer-encoding)$/i.test(name),
      );
      response.writeHead(status, { ...Object.fromEntries(kept), ...headers });
    };
    finish(sendHead, Buffer.concat(chunks), (body) => response.end(body));
    return response;
  }) as typeof end;
}

import { STATUS_CODES } from 'node:http';
import type { Door } from '../doors.ts';
import type { Fault } from './fault.ts';

/** The answer of a `status` fault: the given body, or an error in the door's own form. */
export function renderStatus(
  door: Door,
  { status, retryAfter, body }: Extract<Fault, { kind: 'status' }>,
): { headers: Record<string, string>; body: string } {
  const own = body === undefined ? errorOf(door, status) : { type: 'text/plain', body };
  return {
    headers: {
      'Content-Type': own.type,
      'Content-Length': String(Buffer.byteLength(own.body)),
      ...(door === 'blob' && { 'x-ms-error-code': codeOf(status) }),
      ...(retryAfter !== undefined && { 'Retry-After': retryAfter }),
    },
    body: own.body,
  };
}

function errorOf(door: Door, status: number): { type: string; body: string } {
  const code = codeOf(status);
  const message = `${STATUS_CODES[status] ?? 'Error'}.`;
  switch (door) {
    case 'blob':
      return {
        type: 'application/xml',
        body: `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
      };
    case 'app-service-identity':
      return json({ statusCode: status, message });
    // Whatever is in front of a program or behind it.
    case 'app-service':
      return { type: 'text/html', body: message };
    case 'imds':
    case 'entra':
      return json({ error: code, error_description: message });
    default:
      return json({ error: { code, message } });
  }
}

function json(body: unknown): { type: string; body: string } {
  return { type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

/** What Azure's services commonly call these; others by their HTTP name. */
function codeOf(status: number): string {
  const known: Record<number, string> = {
    429: 'TooManyRequests',
    500: 'InternalServerError',
    502: 'BadGateway',
    503: 'ServiceUnavailable',
    504: 'GatewayTimeout',
  };
  return known[status] ?? (STATUS_CODES[status] ?? 'Error').replace(/\W/g, '');
}

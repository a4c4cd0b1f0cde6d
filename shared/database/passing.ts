import type { DatabaseFailure } from './read-failure.ts';

/** The server or the database is not there just now. https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues */
export const AWAY: ReadonlySet<number> = new Set([
  40613, // not currently available: fails over, is scaled, or wakes from its pause
  40197, // error processing the request: fails over
  40143,
  40166,
  40540,
  4221, // login to a read replica that is not ready
  926, // being recovered
  233, // no process at the other end of the pipe
  64,
]);

/** Limits of the database or of its server. */
export const LIMITED: ReadonlySet<number> = new Set([
  40501, // busy
  49918,
  49919,
  49920,
  10928, // sessions or workers
  10929,
  10930,
  10936,
  40550,
  40551,
  40552,
  40553,
]);

/** One transaction stood in the way of another; it was rolled back. */
export const IN_EACH_OTHERS_WAY: ReadonlySet<number> = new Set([
  1205, // deadlock
  1222, // lock timeout
  3960, // update conflict under snapshot isolation
  596, // session killed
]);

const LOST: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Whether the same call may succeed in a moment. */
export function isPassing({ own, messages, code }: DatabaseFailure): boolean {
  if (own) return false;
  if (messages.length === 0) return LOST.has(code);
  return messages.some(
    ({ number }) => AWAY.has(number) || LIMITED.has(number) || IN_EACH_OTHERS_WAY.has(number),
  );
}

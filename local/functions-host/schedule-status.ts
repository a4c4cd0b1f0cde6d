import type { Schedule } from './schedule.ts';

/** When a timer ran and will run; milliseconds since 1970, undefined for .NET's empty time. */
export interface ScheduleStatus {
  readonly lastMs: number | undefined;
  readonly nextMs: number;
  readonly lastUpdatedMs: number | undefined;
}

/** Where the status of timers outlives the process. */
export interface ScheduleMonitor {
  /** Undefined if the timer has none yet. Throws what the storage throws. */
  read(timerName: string): Promise<ScheduleStatus | undefined>;
  /** Best effort: a failure is logged, and the timer goes on. */
  write(timerName: string, status: ScheduleStatus): Promise<void>;
}

const EMPTY_TIME = '0001-01-01T00:00:00+00:00';

/** `{Last, Next, LastUpdated}` as .NET writes it: local time with its offset. */
export function encodeScheduleStatus(status: ScheduleStatus) {
  return {
    Last: toLocalTime(status.lastMs),
    Next: toLocalTime(status.nextMs),
    LastUpdated: toLocalTime(status.lastUpdatedMs),
  };
}

/** Undefined for a text that is no status. */
export function parseScheduleStatus(text: string): ScheduleStatus | undefined {
  let content: { Last?: unknown; Next?: unknown; LastUpdated?: unknown };
  try {
    content = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
  const nextMs = parseTime(content?.Next);
  if (nextMs === undefined) return undefined;
  return { lastMs: parseTime(content.Last), nextMs, lastUpdatedMs: parseTime(content.LastUpdated) };
}

/** `2026-11-24T11:20:15.14+00:00`, the fraction without trailing zeros. */
export function toLocalTime(milliseconds: number | undefined): string {
  if (milliseconds === undefined || !Number.isFinite(milliseconds)) return EMPTY_TIME;
  const offsetMinutes = -new Date(milliseconds).getTimezoneOffset();
  const local = new Date(milliseconds + offsetMinutes * 60_000).toISOString();
  const absolute = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
  return `${local.slice(0, -1).replace(/\.?0*$/, '')}${offset}`;
}

function parseTime(value: unknown): number | undefined {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  // The empty time has some offset of its own, depending on who wrote it.
  return milliseconds > Date.UTC(2, 0) ? milliseconds : undefined;
}

/**
 * What a timer starts with: the status to go on from, whether it has to be stored, and whether an occurrence was missed
 * while no host was there (azure-webjobs-sdk-extensions, ScheduleMonitor.cs, CheckPastDueAsync). A changed schedule is
 * never past due.
 */
export function checkPastDue(
  stored: ScheduleStatus | undefined,
  schedule: Schedule,
  nowMs: number,
): { status: ScheduleStatus; changed: boolean; pastDue: boolean } {
  if (!stored) {
    const status = { lastMs: undefined, nextMs: schedule.next(nowMs), lastUpdatedMs: nowMs };
    return { status, changed: true, pastDue: false };
  }
  const countedFromMs = stored.lastMs ?? stored.lastUpdatedMs ?? nowMs;
  const expectedMs = schedule.next(countedFromMs);
  if (stored.nextMs === expectedMs) {
    return { status: stored, changed: false, pastDue: nowMs > stored.nextMs };
  }
  const isPast = nowMs > expectedMs;
  const status = {
    lastMs: undefined,
    nextMs: isPast ? schedule.next(nowMs) : expectedMs,
    lastUpdatedMs: isPast ? nowMs : countedFromMs,
  };
  return { status, changed: true, pastDue: false };
}

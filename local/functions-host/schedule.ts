import { parseNcrontab } from './ncrontab.ts';
import { parseTimeSpan } from './time-span.ts';

/** When a timer runs; times in milliseconds since 1970. */
export interface Schedule {
  /** As Azure writes it in its log: `Cron: '0 0 * * * *'`, `Constant: 00:05:00`. */
  readonly description: string;
  readonly adjustForDst: boolean;
  /** Azure: a schedule of more than one run a minute is not monitored, whatever `useMonitor` says (ext: TimerSchedule.cs). */
  readonly monitored: boolean;
  /** The first occurrence after `afterMs`. */
  next(afterMs: number): number;
}

/** Reads a cron expression of five or six fields, or a TimeSpan. Throws Azure's sentence if it is neither. */
export function parseSchedule(expression: string): Schedule {
  const next = parseNcrontab(expression);
  if (next) {
    const now = Date.now();
    return {
      description: `Cron: '${expression.trim()}'`,
      adjustForDst: true,
      monitored: next(next(now)) >= now + 60_000,
      next,
    };
  }
  const intervalMs = parseTimeSpan(expression);
  if (intervalMs !== undefined && intervalMs > 0) {
    return {
      description: `Constant: ${expression.trim()}`,
      adjustForDst: false,
      monitored: intervalMs >= 60_000,
      next: (afterMs) => afterMs + intervalMs,
    };
  }
  throw new Error(
    `The schedule expression '${expression}' was not recognized as a valid cron expression or timespan string.`,
  );
}

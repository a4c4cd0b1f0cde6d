import type { LogLevel } from './worker-contract.ts';

export interface LogEntry {
  readonly level: LogLevel;
  /** As in host.json's `logging.logLevel`: `Host.…`, `Function.<name>`, `Function.<name>.User`, `Worker`. */
  readonly category: string;
  readonly message: string;
}

export type HostLog = (entry: LogEntry) => void;

const ORDER: readonly LogLevel[] = [
  'trace',
  'debug',
  'information',
  'warning',
  'error',
  'critical',
  'none',
];

/**
 * Lets through what host.json's `logging.logLevel` asks for: the longest key that is a prefix of the
 * category decides, `default` otherwise, Information if nothing is said.
 * https://learn.microsoft.com/azure/azure-functions/configure-monitoring#configure-log-levels
 */
export function filterLog(log: HostLog, levels: Readonly<Record<string, LogLevel>>): HostLog {
  const keys = Object.keys(levels)
    .filter((key) => key.toLowerCase() !== 'default')
    .sort((a, b) => b.length - a.length);
  const fallback =
    Object.entries(levels).find(([key]) => key.toLowerCase() === 'default')?.[1] ?? 'information';
  const minimumOf = (category: string) => {
    const key = keys.find((prefix) => category.toLowerCase().startsWith(prefix.toLowerCase()));
    return (key === undefined ? undefined : levels[key]) ?? fallback;
  };
  return (entry) => {
    if (ORDER.indexOf(entry.level) >= ORDER.indexOf(minimumOf(entry.category))) log(entry);
  };
}

/** Prints as Core Tools does, `[2026-11-25T02:13:00.123Z] message`, all in one stream so that the order holds. */
export function printLog({ message }: LogEntry): void {
  process.stdout.write(`[${new Date().toISOString()}] ${message}\n`);
}

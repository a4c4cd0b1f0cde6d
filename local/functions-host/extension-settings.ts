// One section of host.json's `extensions`, read as .NET's configuration binds it: names without case.
import { parseTimeSpan } from './time-span.ts';

export interface ExtensionSettings {
  /** An integer of at least `minimum`, else `fallback`. */
  integer(name: string, fallback: number, minimum: number): number;
  boolean(name: string, fallback: boolean): boolean;
  /** Milliseconds; `undefined` if it isn't set. A negative span (Timeout.InfiniteTimeSpan) is Infinity. */
  timeSpan(name: string): number | undefined;
  text(name: string): string | undefined;
  section(name: string): ExtensionSettings;
  /** Throws for the first of these that is set to something else than what it is without being set. */
  refuse(defaults: Readonly<Record<string, unknown>>): void;
}

/** `path` is for the sentences that are thrown, `extensions.serviceBus`. */
export function readExtensionSettings(section: unknown, path: string): ExtensionSettings {
  const entries = isObject(section) ? Object.entries(section) : [];
  const find = (name: string): unknown =>
    entries.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? undefined;
  const bad = (name: string, expected: string) =>
    new Error(`host.json: ${path}.${name} must be ${expected}, not ${JSON.stringify(find(name))}.`);
  return {
    integer(name, fallback, minimum) {
      const value = find(name);
      if (value === undefined) return fallback;
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (!Number.isSafeInteger(number) || Number(number) < minimum) {
        throw bad(name, `a whole number of at least ${minimum}`);
      }
      return Number(number);
    },
    boolean(name, fallback) {
      const value = find(name);
      if (value === undefined) return fallback;
      if (!/^(true|false)$/i.test(String(value))) throw bad(name, 'true or false');
      return String(value).toLowerCase() === 'true';
    },
    timeSpan(name) {
      const value = find(name);
      if (value === undefined) return undefined;
      const milliseconds = parseTimeSpan(String(value));
      if (milliseconds === undefined) throw bad(name, 'a time span such as "00:05:00"');
      return milliseconds < 0 ? Number.POSITIVE_INFINITY : milliseconds;
    },
    text(name) {
      const value = find(name);
      return value === undefined ? undefined : String(value);
    },
    section: (name) => readExtensionSettings(find(name), `${path}.${name}`),
    refuse(defaults) {
      for (const [name, usual] of Object.entries(defaults)) {
        const value = find(name);
        if (value === undefined || String(value).toLowerCase() === String(usual).toLowerCase())
          continue;
        throw new Error(`host.json: ${path}.${name} is not served by this local host.`);
      }
    },
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

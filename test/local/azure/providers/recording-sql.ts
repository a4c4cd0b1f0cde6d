// An SQL engine that only remembers what ARM's providers told it.
import type { SqlDataPlane } from '../../../../local/azure/providers/provider.ts';

export type Told = readonly [operation: string, ...values: readonly unknown[]];

export interface RecordingSql extends SqlDataPlane {
  /** Every call, in order. */
  readonly told: Told[];
  /** What the next scripts end with; undefined: well. */
  failure: Error | undefined;
  /** What was told since the last time that somebody asked. */
  news(): readonly Told[];
}

export function recordingSql(): RecordingSql {
  const told: Told[] = [];
  let read = 0;
  const tell =
    (operation: string) =>
    (...values: readonly unknown[]) =>
      void told.push([operation, ...values]);
  const engine: RecordingSql = {
    told,
    failure: undefined,
    news() {
      const from = read;
      read = told.length;
      return told.slice(from);
    },
    putServer: tell('putServer'),
    removeServer: tell('removeServer'),
    isServerNameTaken: (name) => name === 'sql-of-another',
    putDatabase: tell('putDatabase'),
    removeDatabase: tell('removeDatabase'),
    putFirewallRule: tell('putFirewallRule'),
    removeFirewallRule: tell('removeFirewallRule'),
    async runScript(script) {
      told.push(['runScript', script]);
      if (engine.failure) throw engine.failure;
    },
  };
  return engine;
}

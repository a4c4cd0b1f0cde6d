import type { RouteTemplate } from './route-template.ts';
import type { Schedule } from './schedule.ts';
import type { RegisteredFunction } from './worker-app.ts';
import type { Binding } from './worker-contract.ts';

export type AuthLevel = 'anonymous' | 'function' | 'admin';

export interface HttpTrigger {
  readonly type: 'httpTrigger';
  readonly bindingName: string;
  /** Upper case; empty for every method. */
  readonly methods: readonly string[];
  /** As the app gave it, or the function's name; without the prefix. */
  readonly route: string;
  readonly template: RouteTemplate;
  readonly authLevel: AuthLevel;
}

export interface TimerTrigger {
  readonly type: 'timerTrigger';
  readonly bindingName: string;
  /** With its settings resolved. */
  readonly expression: string;
  readonly schedule: Schedule;
  readonly runOnStartup: boolean;
  readonly useMonitor: boolean;
}

/** A function of the app that can run. */
export interface HostFunction {
  readonly name: string;
  readonly registered: RegisteredFunction;
  readonly trigger: HttpTrigger | TimerTrigger;
  readonly disabled: boolean;
}

export interface FunctionInError {
  readonly name: string;
  readonly message: string;
}

/** The one binding that starts the function, with its name. */
export function findTrigger(
  fn: RegisteredFunction,
): { name: string; binding: Binding } | undefined {
  const entry = Object.entries(fn.metadata.bindings).find(([, { type }]) => /trigger$/i.test(type));
  return entry && { name: entry[0], binding: entry[1] };
}

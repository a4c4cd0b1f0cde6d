import {
  type AuthLevel,
  type FunctionInError,
  findTrigger,
  type HostFunction,
  type HttpTrigger,
  type TimerTrigger,
} from './host-function.ts';
import type { HostJson } from './host-json.ts';
import { readEventHubTrigger, readServiceBusTrigger } from './messaging-triggers.ts';
import { parseRouteTemplate } from './route-template.ts';
import { parseSchedule } from './schedule.ts';
import { type Environment, isDisabled, resolveSettings } from './setting-resolution.ts';
import type { RegisteredFunction } from './worker-app.ts';
import type { Binding } from './worker-contract.ts';

export interface FunctionIndex {
  /** Sorted by name without case: the order in which routes are tried. */
  readonly functions: readonly HostFunction[];
  readonly errors: readonly FunctionInError[];
}

/**
 * Decides which of the app's functions can run, as ScriptHost does (azure-functions-host, src/WebJobs.Script/Host):
 * one that can't is "in error" and named, everything else runs. Throws for a route that stops the whole host.
 */
export function indexFunctions(
  registered: Iterable<RegisteredFunction>,
  hostJson: HostJson,
  environment: Environment,
): FunctionIndex {
  const functions: HostFunction[] = [];
  const errors: FunctionInError[] = [];
  for (const fn of [...registered].sort(byName)) {
    const { name } = fn.metadata;
    try {
      assertName(name);
      const trigger = readTrigger(fn, hostJson, environment);
      if (trigger.type === 'httpTrigger') assertRoute(trigger, functions);
      functions.push({ name, registered: fn, trigger, disabled: isDisabled(name, environment) });
    } catch (error) {
      if (error instanceof UnusableRouteError) throw error;
      errors.push({ name, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { functions, errors };
}

/** A template that ASP.NET can't read: the real host answers 503 to everything and restarts for ever. */
class UnusableRouteError extends Error {}

function byName(a: RegisteredFunction, b: RegisteredFunction): number {
  const [left, right] = [a.metadata.name.toLowerCase(), b.metadata.name.toLowerCase()];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function assertName(name: string): void {
  if (!/^[a-z][a-z0-9_-]{0,127}$/i.test(name) || name.toLowerCase() === 'host') {
    throw new Error(`'${name}' is not a valid function name.`);
  }
}

function readTrigger(
  fn: RegisteredFunction,
  hostJson: HostJson,
  environment: Environment,
): HostFunction['trigger'] {
  const trigger = findTrigger(fn);
  if (!trigger) throw new Error('It has no trigger binding.');
  assertOtherBindings(fn, trigger.name);
  const kind = trigger.binding.type.toLowerCase();
  if (kind === 'httptrigger') {
    return readHttpTrigger(fn.metadata.name, trigger.name, trigger.binding, hostJson);
  }
  if (kind === 'timertrigger') return readTimerTrigger(trigger.name, trigger.binding, environment);
  const readMessagingTrigger = {
    servicebustrigger: readServiceBusTrigger,
    eventhubtrigger: readEventHubTrigger,
  }[kind];
  if (!readMessagingTrigger) throw new Error(unsupported(trigger.binding.type, hostJson));
  if (!hostJson.hasExtensionBundle) throw new Error(withoutBundle(trigger.binding.type));
  return readMessagingTrigger(trigger.name, trigger.binding, hostJson, environment);
}

// Pretend: only HTTP, timers, Service Bus and Event Hubs, and no binding but the HTTP output.
function assertOtherBindings(fn: RegisteredFunction, triggerName: string): void {
  for (const [name, { type, direction }] of Object.entries(fn.metadata.bindings)) {
    if (name === triggerName || (name === '$return' && type.toLowerCase() === 'http')) continue;
    const role = direction === 'out' ? 'output' : 'input';
    throw new Error(`The ${role} binding type '${type}' is not served by this local host.`);
  }
}

function unsupported(type: string, hostJson: HostJson): string {
  const sentence = `The trigger type '${type}' is not served by this local host.`;
  return hostJson.hasExtensionBundle
    ? sentence
    : `${sentence} In Azure it needs an extensionBundle in host.json too, and there is none.`;
}

/** Azure's words for a binding whose extension isn't loaded (azure-functions-host, src/WebJobs.Script/Host/ScriptHost.cs). */
function withoutBundle(type: string): string {
  return `The binding type(s) '${type}' are not registered. Please ensure the type is correct and the binding extension is installed: host.json has no extensionBundle.`;
}

function readHttpTrigger(
  functionName: string,
  bindingName: string,
  binding: Binding,
  { routePrefix }: HostJson,
): HttpTrigger {
  const given = typeof binding.route === 'string' ? binding.route : '';
  const route = given.trim() === '' ? functionName : given;
  if (/^(admin|runtime)/i.test(route.replace(/^\/+/, ''))) {
    throw new Error('The specified route conflicts with one or more built in routes.');
  }
  return {
    type: 'httpTrigger',
    bindingName,
    route,
    template: parseTemplate(functionName, routePrefix === '' ? route : `${routePrefix}/${route}`),
    methods: Array.isArray(binding.methods)
      ? binding.methods.map((method) => String(method).toUpperCase())
      : [],
    authLevel: authLevelOf(binding.authLevel),
  };
}

function parseTemplate(functionName: string, text: string) {
  try {
    return parseRouteTemplate(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnusableRouteError(
      `The route '${text}' of the function '${functionName}' stops the host: ${reason}`,
      { cause },
    );
  }
}

function authLevelOf(value: unknown): AuthLevel {
  const level = String(value ?? 'function').toLowerCase();
  if (level === 'anonymous' || level === 'function' || level === 'admin') return level;
  throw new Error(`'${level}' is no authorization level.`);
}

/** Same route and a common method: the function that comes later in the alphabet is in error. */
function assertRoute(trigger: HttpTrigger, earlier: readonly HostFunction[]): void {
  for (const other of earlier) {
    if (other.trigger.type !== 'httpTrigger') continue;
    const { route, methods } = other.trigger;
    if (trimSlashes(route) !== trimSlashes(trigger.route)) continue;
    const all = methods.length === 0 || trigger.methods.length === 0;
    if (all || methods.some((method) => trigger.methods.includes(method))) {
      throw new Error(
        `The route specified conflicts with the route defined by function '${other.name}'.`,
      );
    }
  }
}

const trimSlashes = (route: string) => route.replace(/^\/+|\/+$/g, '').toLowerCase();

function readTimerTrigger(
  bindingName: string,
  binding: Binding,
  environment: Environment,
): TimerTrigger {
  const expression = resolveSettings(String(binding.schedule ?? ''), environment);
  const schedule = parseSchedule(expression);
  return {
    type: 'timerTrigger',
    bindingName,
    expression,
    schedule,
    runOnStartup: binding.runOnStartup === true,
    useMonitor: binding.useMonitor !== false && schedule.monitored,
  };
}

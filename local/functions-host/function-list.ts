import type { FunctionInError, HostFunction } from './host-function.ts';

/** A function as the host tells whoever started it. */
export interface FunctionSummary {
  readonly name: string;
  readonly trigger: string;
  readonly methods?: readonly string[];
  /** With the prefix, without a slash in front. */
  readonly route?: string;
  readonly authLevel?: string;
  /** With its settings resolved. */
  readonly schedule?: string;
}

export function summarise(fn: HostFunction): FunctionSummary {
  const { name, trigger } = fn;
  if (trigger.type === 'timerTrigger') {
    return { name, trigger: trigger.type, schedule: trigger.expression };
  }
  if (trigger.type !== 'httpTrigger') return { name, trigger: trigger.type };
  return {
    name,
    trigger: trigger.type,
    methods: trigger.methods,
    route: trigger.template.text.replace(/^\//, ''),
    authLevel: trigger.authLevel,
  };
}

/** What Core Tools prints at start: each function with its address or trigger, then what is wrong. */
export function functionList(
  functions: readonly HostFunction[],
  errors: readonly FunctionInError[],
  baseUrl: string,
): string {
  const lines = functions.map((fn) => {
    const { name, trigger, methods = [], route } = summarise(fn);
    const off = fn.disabled ? ' (disabled)' : '';
    if (route === undefined) return `\t${name}: ${trigger}${off}`;
    return `\t${name}: [${methods.join(',')}] ${baseUrl}/${route}${off}`;
  });
  const wrong = errors.map(({ name, message }) => `The '${name}' function is in error: ${message}`);
  const list = lines.length > 0 ? ['Functions:', ...lines] : ['No job functions found.'];
  return [...list, ...wrong].join('\n');
}

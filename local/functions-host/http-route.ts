import type { HostFunction, HttpTrigger } from './host-function.ts';
import { matchRoute, type RouteValues } from './route-match.ts';

export type HttpFunction = HostFunction & { readonly trigger: HttpTrigger };

export interface MatchedRoute {
  readonly fn: HttpFunction;
  readonly params: RouteValues;
}

export const isHttpFunction = (fn: HostFunction): fn is HttpFunction =>
  fn.trigger.type === 'httpTrigger';

/**
 * Azure: the first function by name whose route and method fit, not the best fit; a wrong method is no match, so it
 * ends as 404 (azure-functions-host, WebScriptHostHttpRoutesManager.cs). `functions` are sorted by name.
 */
export function findRoute(
  functions: readonly HttpFunction[],
  method: string,
  path: string,
): MatchedRoute | undefined {
  for (const fn of functions) {
    const { methods, template } = fn.trigger;
    if (methods.length > 0 && !methods.includes(method.toUpperCase())) continue;
    const params = matchRoute(template, path);
    if (params) return { fn, params };
  }
  return undefined;
}

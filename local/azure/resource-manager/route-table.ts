import type { Operation, RouteValues } from './arm-context.ts';

export interface Route {
  readonly method: string;
  /**
   * `/subscriptions/{subscriptionId}/resourceGroups`; `{name}` is one segment, a leading `{*scope}` any number
   * of them, none included. Compared without regard to case, as ARM does.
   */
  readonly pattern: string;
  readonly operation: Operation;
}

/** The first route that fits, with its values; `allowed`: methods that the path has, for a 405. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { operation: Operation; values: RouteValues } | { allowed: readonly string[] } {
  const segments = path.split('/').filter((segment) => segment !== '');
  const allowed: string[] = [];
  for (const route of routes) {
    const values = matchPattern(route.pattern, segments);
    if (!values) continue;
    if (route.method === method) return { operation: route.operation, values };
    allowed.push(route.method);
  }
  return { allowed };
}

function matchPattern(pattern: string, segments: readonly string[]): RouteValues | undefined {
  const parts = pattern.split('/').filter((part) => part !== '');
  const isScoped = parts[0]?.startsWith('{*') ?? false;
  const fixed = isScoped ? parts.slice(1) : parts;
  const scopeLength = segments.length - fixed.length;
  if (isScoped ? scopeLength < 0 : scopeLength !== 0) return undefined;
  const values: Record<string, string> = {};
  if (isScoped) {
    values[(parts[0] ?? '').slice(2, -1)] = segments
      .slice(0, scopeLength)
      .map((segment) => `/${segment}`)
      .join('');
  }
  for (const [index, part] of fixed.entries()) {
    const segment = segments[scopeLength + index] ?? '';
    if (part.startsWith('{')) values[part.slice(1, -1)] = segment;
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return values;
}

import { Deferred } from './expression/deferred.ts';
import { PendingLookup } from './expression/expression-scope.ts';
import { printValue } from './expression/print.ts';
import { isObject } from './json-values.ts';

/**
 * A tree that was partially evaluated, for a nested deployment's first check: reading a value that only run
 * time knows throws PendingLookup.
 */
export function pendingTree(value: unknown): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    value.forEach((item, index) => define(list, index, item));
    return list;
  }
  if (!isObject(value)) return value;
  const object: Record<string, unknown> = {};
  for (const [name, content] of Object.entries(value)) define(object, name, content);
  return object;
}

function define(holder: object, name: string | number, content: unknown): void {
  const isUnknown = content instanceof Deferred;
  Object.defineProperty(holder, name, {
    enumerable: true,
    configurable: true,
    ...(isUnknown
      ? {
          get: () => {
            throw new PendingLookup(printValue(content));
          },
        }
      : { value: pendingTree(content), writable: true }),
  });
}

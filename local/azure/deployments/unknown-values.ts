import { Deferred } from './expression/deferred.ts';
import { PendingLookup } from './expression/expression-scope.ts';
import { printValue } from './expression/print.ts';

/**
 * A tree that was partially evaluated, for a nested deployment's first check: reading a value that only run
 * time knows throws PendingLookup.
 */
export function pendingTree(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy: object = Array.isArray(value) ? [] : {};
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (Array.isArray(value) && name === 'length') continue;
    // A member with a getter is one that an outer deployment has left pending.
    Object.defineProperty(copy, name, descriptor.get ? descriptor : known(descriptor.value));
  }
  return copy;
}

function known(value: unknown): PropertyDescriptor {
  const common = { enumerable: true, configurable: true };
  if (!(value instanceof Deferred)) return { ...common, value: pendingTree(value), writable: true };
  return {
    ...common,
    get: () => {
      throw new PendingLookup(printValue(value));
    },
  };
}

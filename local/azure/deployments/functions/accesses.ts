// Properties and elements: what `.name` and `[index]` do, and their forgiving forms.
// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-object#tryget

import { accessProperty } from '../expression/access-property.ts';
import { assertKnown } from '../expression/deferred.ts';
import { isObject, member } from '../json-values.ts';
import { eager, type FunctionTable } from './template-function.ts';

export const accessFunctions: FunctionTable = {
  tryGet: eager({ atLeast: 2 }, ([target, key, ...rest]) => {
    assertKnown(target);
    assertKnown(key);
    return accessRest(find(target, key), rest);
  }),
  tryIndexFromEnd: eager({ atLeast: 2 }, ([target, index, ...rest]) => {
    assertKnown(target);
    assertKnown(index);
    const isPlace = typeof index === 'number' && index >= 1;
    return accessRest(Array.isArray(target) && isPlace ? target.at(-index) : undefined, rest);
  }),
};

function find(target: unknown, key: unknown): unknown {
  if (Array.isArray(target)) return typeof key === 'number' ? target[key] : undefined;
  return isObject(target) && typeof key === 'string' ? member(target, key) : undefined;
}

/** Azure: only the first step forgives; null then ends the way, anything else goes on strictly (golden/engine.json). */
function accessRest(value: unknown, rest: readonly unknown[]): unknown {
  if (value === undefined || value === null) return null;
  return rest.reduce(accessProperty, value);
}

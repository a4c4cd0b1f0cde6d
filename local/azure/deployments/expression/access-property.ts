import { refuse } from '../functions/refusal.ts';
import { isObject, member } from '../json-values.ts';
import { Deferred } from './deferred.ts';

/**
 * `target.name` or `target[index]`: names without regard to case, array indexes from 0.
 *
 * @throws ServiceError 400 `InvalidTemplate` if there is no such property
 */
export function accessProperty(target: unknown, property: unknown): unknown {
  if (target instanceof Deferred || property instanceof Deferred) {
    return new Deferred({
      kind: 'property',
      target: target instanceof Deferred ? target.expression : { kind: 'literal', value: target },
      property:
        property instanceof Deferred ? property.expression : { kind: 'literal', value: property },
    });
  }
  if (Array.isArray(target)) return element(target, property);
  if (!isObject(target)) {
    throw refuse(`The language expression property '${String(property)}' can't be evaluated.`);
  }
  if (typeof property !== 'string') {
    throw refuse(
      `The language expression property '${String(property)}' can't be evaluated, property name must be a string.`,
    );
  }
  const value = member(target, property);
  if (value !== undefined) return value;
  throw refuse(
    `The language expression property '${property}' doesn't exist, available properties are '${Object.keys(target).join(', ')}'.`,
  );
}

function element(array: readonly unknown[], index: unknown): unknown {
  if (typeof index !== 'number' || !Number.isInteger(index)) {
    throw refuse(
      `Unable to evaluate named property or non-integer index '${String(index)}' on an array value.`,
    );
  }
  if (index >= 0 && index < array.length) return array[index];
  throw refuse(`The language expression property array index '${index}' is out of bounds.`);
}

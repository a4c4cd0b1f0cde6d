import type { ResourceBody } from '../resource-manager/resource.ts';
import { isObject } from './json-values.ts';

/**
 * The body of a PUT from what a template's expressions gave. Azure: a member that came out as null is left
 * out (`bicep snapshot`); inside of `properties` null stays.
 */
export function bodyToPut(evaluated: unknown): ResourceBody & Readonly<Record<string, unknown>> {
  if (!isObject(evaluated)) return {};
  return Object.fromEntries(Object.entries(evaluated).filter(([, value]) => value !== null));
}

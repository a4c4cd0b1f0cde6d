// Our own template with a mistake put in.
import assert from 'node:assert/strict';
import { readOwnTemplate } from '../support/local-azure.ts';

export type Json = Record<string, unknown>;

/** A copy of the template after `edit`. */
export function editOwnTemplate(edit: (template: Json) => void): unknown {
  const template = readOwnTemplate() as Json;
  edit(template);
  return template;
}

/** Every resource with properties, nested templates included and existing ones not. */
export function resourcesOf(node: unknown): Json[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, apiVersion, properties } = node as Json;
  const below = Object.values(node).flatMap(resourcesOf);
  return type && apiVersion && properties ? [node as Json, ...below] : below;
}

/** The first resource of this type. */
export function resourceOf(template: Json, type: string): Json {
  const resource = resourcesOf(template).find((one) => one.type === type);
  assert.ok(resource, `the template has a ${type}`);
  return resource;
}

/** `path`: `sku.name`. Undefined removes it. */
export function setAt(node: Json, path: string, value: unknown): void {
  const { parent, name } = lookUp(node, path);
  if (value === undefined) Reflect.deleteProperty(parent, name);
  else parent[name] = value;
}

/** The last name of the path becomes `newName`. */
export function renameAt(node: Json, path: string, newName: string): void {
  const { parent, name } = lookUp(node, path);
  assert.ok(name in parent, `there is a ${path}`);
  parent[newName] = parent[name];
  Reflect.deleteProperty(parent, name);
}

function lookUp(node: Json, path: string): { readonly parent: Json; readonly name: string } {
  const names = path.split('.');
  const name = names.pop() ?? '';
  const parent = names.reduce((at, each) => at[each] as Json, node);
  return { parent, name };
}

/** Of every property of an object, and of the objects in it. */
export function pathsOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return [];
  return Object.entries(node).flatMap(([name, value]) => [
    name,
    ...pathsOf(value).map((path) => `${name}.${path}`),
  ]);
}

import { invalidRequestContent } from './gateway-errors.ts';
import { parseObjectBody } from './parse-json-body.ts';
import type { Resource, ResourceBody } from './resource.ts';

/** The body of a PUT. Throws 400 `InvalidRequestContent` where a member has the wrong form. */
export function parseResourceBody(bytes: Buffer): ResourceBody {
  return assertResourceBody(parseObjectBody(bytes));
}

export function assertResourceBody(body: Readonly<Record<string, unknown>>): ResourceBody {
  for (const name of ['properties', 'identity', 'tags', 'plan']) {
    const value = body[name];
    if (
      value !== undefined &&
      value !== null &&
      (typeof value !== 'object' || Array.isArray(value))
    ) {
      throw invalidRequestContent(`The property '${name}' must be an object.`);
    }
  }
  for (const name of ['location', 'kind', 'managedBy']) {
    const value = body[name];
    if (value !== undefined && value !== null && typeof value !== 'string') {
      throw invalidRequestContent(`The property '${name}' must be a string.`);
    }
  }
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== null),
  ) as ResourceBody;
}

/**
 * The PUT that a PATCH amounts to: `properties` merged (RFC 7396), tags replaced, user-assigned identities
 * added or, where null, taken away.
 */
export function mergeBody(existing: Resource, patch: ResourceBody): ResourceBody {
  const { location, tags, sku, kind, managedBy, plan, zones, properties } = existing;
  const base = { location, tags, sku, kind, managedBy, plan, zones };
  const kept = Object.fromEntries(Object.entries(base).filter(([, value]) => value !== undefined));
  return {
    ...kept,
    ...patch,
    properties: mergePatch(properties, patch.properties ?? {}) as Record<string, unknown>,
    ...(patch.identity && { identity: mergeIdentity(existing, patch.identity) }),
  };
}

function mergeIdentity(existing: Resource, patch: NonNullable<ResourceBody['identity']>) {
  const merged = mergePatch(
    Object.fromEntries(
      Object.keys(existing.identity?.userAssignedIdentities ?? {}).map((id) => [
        id.toLowerCase(),
        {},
      ]),
    ),
    Object.fromEntries(
      Object.entries(patch.userAssignedIdentities ?? {}).map(([id, value]) => [
        id.toLowerCase(),
        value,
      ]),
    ),
  ) as Record<string, unknown>;
  const type = patch.type ?? existing.identity?.type ?? 'None';
  return /userassigned/i.test(type) ? { type, userAssignedIdentities: merged } : { type };
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { compileTextPattern } from '../faults/text-pattern.ts';
import { ServiceError } from '../http/service-error.ts';
import type { Resource } from '../resource-manager/resource.ts';

export type ListDelay = (resource: Resource) => number;

/** Delays for resources whose id fits the pattern (`*` is any text); the first that fits counts, else 0. */
export type ListDelayRule = readonly { readonly id: string; readonly delayMs: number }[];

export interface BehaviourOrder {
  readonly tokenLifetimeSeconds?: number;
  readonly grantDelayMs?: number;
  /** The same for all resources, a function of the resource (in the process only), or rules by id. */
  readonly listDelayMs?: number | ListDelay | ListDelayRule;
  /** The same for what `resourcechanges` of Resource Graph shows. */
  readonly changeDelayMs?: number | ListDelay | ListDelayRule;
  /** Most resources on a page of `GET …/resources`, from 1 to 1,000. */
  readonly listPageSize?: number;
  /** SQL databases that sleep, by their ids, in which `*` is any text: `['*databases/inventory']`; `[]` wakes all. */
  readonly pausedDatabases?: readonly string[];
}

interface ParsedOrder {
  readonly tokenLifetimeSeconds: number | undefined;
  readonly grantDelayMs: number | undefined;
  readonly listDelayMs: ListDelay | undefined;
  readonly changeDelayMs: ListDelay | undefined;
  readonly listPageSize: number | undefined;
  readonly pausedDatabases: ((id: string) => boolean) | undefined;
}

const FIELDS = [
  'tokenLifetimeSeconds',
  'grantDelayMs',
  'listDelayMs',
  'changeDelayMs',
  'listPageSize',
  'pausedDatabases',
];

/** Throws ServiceError 400 that names a wrong field. */
export function parseBehaviourOrder(value: unknown): ParsedOrder {
  check(typeof value === 'object' && value !== null, 'the order', 'must be an object');
  const order = value as Record<string, unknown>;
  for (const name of Object.keys(order)) check(FIELDS.includes(name), name, 'is not a field');
  const { tokenLifetimeSeconds, grantDelayMs, listDelayMs, changeDelayMs, listPageSize } = order;
  check(
    tokenLifetimeSeconds === undefined || isCount(tokenLifetimeSeconds, 1),
    'tokenLifetimeSeconds',
    'must be a whole number from 1',
  );
  checkDelay(grantDelayMs, 'grantDelayMs');
  check(
    listPageSize === undefined || (isCount(listPageSize, 1) && Number(listPageSize) <= 1000),
    'listPageSize',
    'must be a whole number from 1 to 1000',
  );
  return {
    tokenLifetimeSeconds: tokenLifetimeSeconds as number | undefined,
    grantDelayMs: grantDelayMs as number | undefined,
    listDelayMs: parseDelay(listDelayMs, 'listDelayMs'),
    changeDelayMs: parseDelay(changeDelayMs, 'changeDelayMs'),
    listPageSize: listPageSize as number | undefined,
    pausedDatabases: parsePatterns(order.pausedDatabases, 'pausedDatabases'),
  };
}

function parsePatterns(value: unknown, name: string): ParsedOrder['pausedDatabases'] {
  if (value === undefined) return undefined;
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
  check(isList, name, 'must be a list of texts such as "*/databases/*"');
  const patterns = (value as readonly string[]).map(compileTextPattern);
  return (id) => patterns.some((fits) => fits(id));
}

function parseDelay(value: unknown, name: string): ListDelay | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return value as ListDelay;
  if (!Array.isArray(value)) {
    checkDelay(value, name);
    return () => value as number;
  }
  const rules = value.map((entry, index) => {
    const { id, delayMs } = (entry ?? {}) as { id?: unknown; delayMs?: unknown };
    check(typeof id === 'string', `${name}[${index}].id`, 'must be text such as "*/vaults/*"');
    check(isCount(delayMs, 0), `${name}[${index}].delayMs`, 'must be a whole number from 0');
    return { fits: compileTextPattern(id as string), delayMs: delayMs as number };
  });
  return ({ id }) => rules.find(({ fits }) => fits(id))?.delayMs ?? 0;
}

function checkDelay(value: unknown, name: string): void {
  check(value === undefined || isCount(value, 0), name, 'must be a whole number from 0');
}

function isCount(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function check(fits: boolean, name: string, complaint: string): void {
  if (!fits) throw new ServiceError(400, 'InvalidBehaviourOrder', `'${name}' ${complaint}.`);
}

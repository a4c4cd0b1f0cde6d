import { ServiceError } from '../http/service-error.ts';

export type Properties = Readonly<Record<string, unknown>>;

/** A member that must be an object where it is there. Throws 400 `InvalidRequestContent`. */
export function readObject(from: Properties | undefined, name: string): Properties | undefined {
  const value = from?.[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object' && !Array.isArray(value)) return value as Properties;
  throw wrongType(name, 'an object', value);
}

export function readString(from: Properties | undefined, name: string): string | undefined {
  return readTyped(from, name, 'string') as string | undefined;
}

export function readBoolean(from: Properties | undefined, name: string): boolean | undefined {
  return readTyped(from, name, 'boolean') as boolean | undefined;
}

export function readNumber(from: Properties | undefined, name: string): number | undefined {
  return readTyped(from, name, 'number') as number | undefined;
}

export function readArray(
  from: Properties | undefined,
  name: string,
): readonly unknown[] | undefined {
  const value = from?.[name];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value;
  throw wrongType(name, 'an array', value);
}

function readTyped(from: Properties | undefined, name: string, type: string): unknown {
  const value = from?.[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === type) return value;
  throw wrongType(name, `a ${type}`, value);
}

/** Pretend: one wording for every provider. */
function wrongType(name: string, expected: string, value: unknown): ServiceError {
  const found = Array.isArray(value) ? 'array' : typeof value;
  return new ServiceError(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: '${name}' must be ${expected}, not ${found}.`,
  );
}

// The host's binding data, which reaches the app as `context.triggerMetadata`.
import { randomUUID } from 'node:crypto';
import { formatDateTime, toDotNetString } from './dot-net-text.ts';
import type { Int64, TypedData } from './worker-contract.ts';

export type BindingData = Record<string, TypedData>;

/** A value that .NET serialises as JSON. */
export const jsonData = (value: unknown): TypedData => ({ json: JSON.stringify(value) });

/** Azure: null and empty strings are left out, so the arrays don't line up (GrpcMessageConversionExtensions.cs). */
export const stringsData = (values: readonly (string | undefined)[]): TypedData => ({
  collectionString: {
    string: values.filter((value): value is string => value !== undefined && value !== ''),
  },
});

/** Azure: 64-bit integers of a batch arrive as objects, as the protocol buffers of the Node worker hold them (azure-functions-host, GrpcMessageConversionExtensions.cs). */
export const longsData = (values: readonly bigint[]): TypedData => ({
  collectionSint64: { sint64: values.map(toInt64) },
});

const toInt64 = (value: bigint): Int64 => ({
  low: Number(BigInt.asIntN(32, value)),
  high: Number(BigInt.asIntN(32, value >> 32n)),
  unsigned: false,
});

/** Application properties as Json.NET serialises AMQP's types: bytes in base64, times in UTC. */
export const propertyBag = (properties: Readonly<Record<string, unknown>> = {}): object =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, jsonValueOf(value)] as const),
  );

function jsonValueOf(value: unknown): unknown {
  if (value instanceof Date) return `${formatDateTime(value)}Z`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}

/** Adds the strings that there are: Azure leaves null out. */
export function addStrings(
  data: BindingData,
  strings: Readonly<Record<string, string | undefined>>,
): void {
  for (const [name, string] of Object.entries(strings)) {
    if (string !== undefined) data[name] = { string };
  }
}

/** What every function's binding data has (azure-webjobs-sdk, SystemBindingData.cs). */
export function addSystemData(data: BindingData, functionName: string): void {
  data.sys = jsonData({
    MethodName: functionName,
    UtcNow: new Date().toISOString(),
    RandGuid: randomUUID(),
  });
}

/**
 * Azure: the top-level properties of a body that is a JSON object go into the binding data, over what has the same
 * name in any case. Arrays and nulls don't; an object stays one, anything else becomes a .NET string
 * (azure-functions-host, src/WebJobs.Script/Utility.cs, ApplyBindingData).
 */
export function applyBody(data: BindingData, body: string): void {
  const trimmed = body.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return;
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(body) as Record<string, unknown>;
  } catch {
    return;
  }
  const names = new Map(Object.keys(data).map((name) => [name.toLowerCase(), name]));
  for (const [name, value] of Object.entries(parsed)) {
    if (value === null || Array.isArray(value)) continue;
    const known = names.get(name.toLowerCase()) ?? name;
    names.set(name.toLowerCase(), known);
    const typed =
      typeof value === 'object'
        ? jsonData(value)
        : { string: toDotNetString(value as string | number | boolean) };
    Object.defineProperty(data, known, {
      value: typed,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
}

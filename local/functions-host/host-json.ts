// What stands under "Azure:" here follows azure-functions-host (FunctionsController.cs, GrpcMessageConversionExtensions.cs, Utility.cs).
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTimeSpan } from './time-span.ts';
import type { LogLevel } from './worker-contract.ts';

export interface HostJson {
  /** Without outer slashes; empty for none. */
  readonly routePrefix: string;
  /** Infinity for none. */
  readonly functionTimeoutMs: number;
  readonly logLevels: Readonly<Record<string, LogLevel>>;
  readonly hasExtensionBundle: boolean;
  /** `extensions.serviceBus` and `extensions.eventHubs` as they stand: only the functions that need them mind a mistake. */
  readonly extensions: { readonly serviceBus: unknown; readonly eventHubs: unknown };
}

/** https://learn.microsoft.com/azure/azure-functions/functions-host-json#functiontimeout, for every plan but Consumption. */
const DEFAULT_TIMEOUT_MS = 30 * 60_000;

/**
 * Reads host.json of the app; without the file every setting has its default.
 * Throws a sentence that names the file and the setting.
 */
export async function loadHostJson(appDirectory: string): Promise<HostJson> {
  const path = join(appDirectory, 'host.json');
  const content = await readJsonFile(path);
  if (content.version !== undefined && content.version !== '2.0') {
    throw new Error(`${path}: version must be "2.0", not ${JSON.stringify(content.version)}.`);
  }
  const extensions = objectAt(content, 'extensions');
  const http = objectAt(extensions, 'http');
  const levels = objectAt(objectAt(content, 'logging'), 'logLevel');
  return {
    routePrefix: String(http.routePrefix ?? 'api').replace(/^\/+|\/+$/g, ''),
    functionTimeoutMs: timeoutOf(content.functionTimeout, path),
    logLevels: Object.fromEntries(
      Object.entries(levels).map(([category, level]) => [category, logLevelOf(level, path)]),
    ),
    hasExtensionBundle: content.extensionBundle !== undefined,
    extensions: {
      serviceBus: valueAt(extensions, 'serviceBus'),
      eventHubs: valueAt(extensions, 'eventHubs'),
    },
  };
}

async function readJsonFile(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  try {
    const content: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    if (isObject(content)) return content;
  } catch (cause) {
    throw new Error(`Unable to parse host configuration file '${path}'.`, { cause });
  }
  throw new Error(`Unable to parse host configuration file '${path}': it holds no object.`);
}

function timeoutOf(value: unknown, path: string): number {
  if (value === undefined || value === null) return DEFAULT_TIMEOUT_MS;
  if (String(value) === '-1') return Number.POSITIVE_INFINITY;
  const milliseconds = parseTimeSpan(String(value));
  if (milliseconds === undefined || milliseconds < 1000) {
    throw new Error(`${path}: functionTimeout must be a time span such as "00:05:00", or "-1".`);
  }
  return milliseconds;
}

const LOG_LEVELS: readonly LogLevel[] = [
  'trace',
  'debug',
  'information',
  'warning',
  'error',
  'critical',
  'none',
];

function logLevelOf(value: unknown, path: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === String(value).toLowerCase());
  if (!level) throw new Error(`${path}: ${JSON.stringify(value)} is no log level.`);
  return level;
}

function objectAt(parent: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = valueAt(parent, name);
  return isObject(value) ? value : {};
}

/** Azure: .NET's configuration has names without case. */
function valueAt(parent: Record<string, unknown>, name: string): unknown {
  const key = Object.keys(parent).find((given) => given.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : parent[key];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

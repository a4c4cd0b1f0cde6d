import { ServiceError } from '../http/service-error.ts';
import type { ResourceProvider } from '../providers/provider.ts';
import { locations } from './locations.ts';

/** Versions of ARM's own types (subscriptions, groups, resources, deployments), newest first. */
export const armApiVersions: readonly string[] = [
  '2025-04-01',
  '2025-03-01',
  '2024-11-01',
  '2024-07-01',
  '2024-03-01',
  '2023-07-01',
  '2022-12-01',
  '2022-09-01',
  '2021-04-01',
  '2021-01-01',
  '2020-10-01',
  '2020-06-01',
  '2019-11-01',
  '2019-10-01',
  '2018-05-01',
  '2017-05-10',
  '2016-09-01',
  '2015-11-01',
  '2014-04-01',
];

const DATE_SHAPE = /^(\d{4})-(\d{2})-(\d{2})(-(alpha|beta|preview|privatepreview))?$/i;

/**
 * Refuses what no type ever had as an api-version. Clients of every age must be served,
 * so each well-formed date from 2013 (ARM's first) to today is taken.
 */
export function isApiVersion(apiVersion: string, nowMs: number): boolean {
  const [, year = '', month = '', day = ''] = DATE_SHAPE.exec(apiVersion) ?? [];
  const atMs = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  return Number(year) >= 2013 && atMs <= nowMs;
}

/** Throws 400 `MissingApiVersionParameter` or `InvalidApiVersionParameter` [R8]. */
export function requireArmApiVersion(apiVersion: string, nowMs: number): void {
  if (apiVersion === '') throw missingApiVersion();
  if (isApiVersion(apiVersion, nowMs)) return;
  throw new ServiceError(
    400,
    'InvalidApiVersionParameter',
    `The api-version '${apiVersion}' is invalid. The supported versions are '${armApiVersions.join(',')}'.`,
    { fromGateway: true },
  );
}

/** Throws 400 `NoRegisteredProviderFound` as ARM does for a provider's type. [Azure/azure-cli#28496] */
export function requireProviderApiVersion(
  apiVersion: string,
  nowMs: number,
  type: string,
  provider: ResourceProvider | undefined,
  location: string | undefined,
): void {
  if (apiVersion === '') throw missingApiVersion();
  if (isApiVersion(apiVersion, nowMs)) return;
  const shortType = type.slice(type.indexOf('/') + 1);
  throw new ServiceError(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for location '${location ?? ''}' and API version ` +
      `'${apiVersion}' for type '${shortType}'. ` +
      `The supported api-versions are '${provider?.apiVersions.join(', ') ?? ''}'. ` +
      `The supported locations are '${locations.map(({ name }) => name).join(', ')}'.`,
    { fromGateway: true },
  );
}

function missingApiVersion(): ServiceError {
  return new ServiceError(
    400,
    'MissingApiVersionParameter',
    'The api-version query parameter (?api-version=) is required for all requests.',
    { fromGateway: true },
  );
}

import { badParameter } from './errors.ts';

/** 7.0 to 7.6, and dates since; any preview of them. */
const SUPPORTED = /^(7\.[0-6]|20\d\d-\d\d-\d\d)(-preview(\.\d+)?)?$/;
const LATEST = '2026-04-01';

/**
 * Throws BadParameter if `api-version` is missing or unknown.
 * Azure: `The specified version (7.9) is not recognized. …` (Azure/azure-resource-manager-schemas issues);
 * keyvault-secrets 4.12 writes the name as `api%2Dversion`, so names are decoded.
 */
export function assertApiVersion(url: URL): void {
  const version = url.searchParams.get('api-version');
  // Pretend: the wording.
  if (!version) throw badParameter('api-version must be specified');
  if (SUPPORTED.test(version)) return;
  const echoed = version.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
  throw badParameter(
    `The specified version (${echoed}) is not recognized. Consider using the latest supported version (${LATEST}).`,
  );
}

import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { type Environment, findSetting } from './setting-resolution.ts';

/**
 * The name under which the host keeps its blobs: `AzureFunctionsWebHost__hostid`, else the app's name (with a slot's
 * behind it), else the machine and the app's folder; at most 32 characters, lower case (azure-functions-host,
 * ScriptHostIdProvider.cs, EnvironmentExtensions.cs). Azure: so two slots of a long name have the same, and collide.
 */
export function findHostId(environment: Environment, appDirectory: string): string {
  const given = findSetting(environment, 'AzureFunctionsWebHost__hostid');
  if (given) return given;
  const siteName = findSiteName(environment);
  const folder = createHash('sha256').update(appDirectory).digest().readUInt32BE();
  const machine = hostname().replace(/[^a-z0-9]/gi, '');
  const id = siteName ?? `${machine}-${folder}`;
  return id.slice(0, 32).toLowerCase().replace(/-+$/, '');
}

function findSiteName(environment: Environment): string | undefined {
  const site = findSetting(environment, 'WEBSITE_SITE_NAME');
  const slot = findSetting(environment, 'WEBSITE_SLOT_NAME');
  return site && slot && !/^production$/i.test(slot) ? `${site}-${slot}` : site;
}

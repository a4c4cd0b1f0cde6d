import { isDeepStrictEqual } from 'node:util';
import { toAzureTimestamp } from '../clock.ts';
import { ServiceError } from '../http/service-error.ts';
import { readDeploymentScript } from './deployment-script-body.ts';
import { parseDuration } from './iso-duration.ts';
import { isKnownScript } from './known-script.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { type Properties, readObject, readString } from './read-property.ts';
import { runKnownScript } from './run-known-script.ts';

const API_VERSIONS = ['2023-08-01', '2020-10-01', '2019-10-01-preview'];

/**
 * Deployment scripts. The one of our own template is run: its SQL, as the identity that is attached to it. A script that
 * has failed stays, and whoever deploys it has failed with it.
 * Pretend: any other is kept and not run, and its log says so; a container and a storage account are made for none.
 * Source: https://learn.microsoft.com/azure/templates/microsoft.resources/deploymentscripts
 */
export function deploymentScripts(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Resources/deploymentScripts',
    apiVersions: API_VERSIONS,
    listed: true,
    async put(request) {
      const { kind, given } = readDeploymentScript(request);
      const before = request.existing?.properties;
      if (before && !mustRun(services, before, given)) return { properties: before, kind };
      const startTime = toAzureTimestamp(services.clock.nowMs());
      const error = await runKnownScript(services, request);
      const endMs = services.clock.nowMs();
      const lifeMs = parseDuration(String(given.retentionInterval)) ?? 0;
      const status = {
        startTime,
        endTime: toAzureTimestamp(endMs),
        expirationTime: toAzureTimestamp(endMs + lifeMs),
        ...(error && { error }),
      };
      const provisioningState = error ? 'Failed' : 'Succeeded';
      return { properties: { provisioningState, ...given, status, outputs: {} }, kind };
    },
  };
}

/**
 * Azure: a script runs again when it has changed, or when it has expired, as it is then gone.
 * Pretend: here it is still shown.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-script-template#run-script-more-than-once
 */
function mustRun({ clock }: ProviderServices, before: Properties, given: Properties): boolean {
  const { provisioningState, status, outputs, ...kept } = before;
  if (provisioningState !== 'Succeeded') return true;
  const expiresAt = Date.parse(readString(readObject(before, 'status'), 'expirationTime') ?? '');
  return !(expiresAt > clock.nowMs()) || !isDeepStrictEqual(kept, given);
}

const NOT_RUN =
  'The embedded Azure runs no deployment script but that of its own template: this one has not run.';

/** `logs/default` of a script. */
export function deploymentScriptLogs(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Resources/deploymentScripts/logs',
    apiVersions: API_VERSIONS,
    listed: false,
    defaultNames: ['default'],
    put: ({ id }) => {
      // Pretend: code and words.
      throw new ServiceError(405, 'MethodNotAllowed', `The log '${id.name}' cannot be written.`);
    },
    read({ name, parentId = '' }) {
      const script = services.findResource(parentId);
      if (name.toLowerCase() !== 'default' || !script) return undefined;
      return { properties: { log: logOf(script.properties) } };
    },
  };
}

function logOf(script: Properties): string {
  if (!isKnownScript(script.scriptContent)) return NOT_RUN;
  return readString(readObject(readObject(script, 'status'), 'error'), 'message') ?? '';
}

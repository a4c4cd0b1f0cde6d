import { isDeepStrictEqual } from 'node:util';
import { toAzureTimestamp } from '../clock.ts';
import { ServiceError } from '../http/service-error.ts';
import type { ResourceId } from '../resource-id.ts';
import { parseDuration } from './iso-duration.ts';
import { isKnownScript, readBatches } from './known-script.ts';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { type Properties, readArray, readObject, readString } from './read-property.ts';

const API_VERSIONS = ['2023-08-01', '2020-10-01', '2019-10-01-preview'];
const KINDS = ['AzurePowerShell', 'AzureCLI'] as const;

/**
 * Deployment scripts. The one of our own template is run: its SQL, as the identity that is attached to it.
 * Pretend: any other is kept and not run, and its log says so; a container and a storage account are made for none.
 * Source: https://learn.microsoft.com/azure/templates/microsoft.resources/deploymentscripts
 */
export function deploymentScripts(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Resources/deploymentScripts',
    apiVersions: API_VERSIONS,
    listed: true,
    async put(request) {
      const { body } = request;
      const kind = KINDS.find((one) => one.toLowerCase() === body.kind?.toLowerCase());
      if (!kind) throw invalid('kind', body.kind);
      const given = readScript(body.properties ?? {});
      const before = request.existing?.properties;
      const startTime = toAzureTimestamp(services.clock.nowMs());
      if (before && !hasChanged(services, before, given)) return { properties: before, kind };
      await run(services, request, given);
      const endMs = services.clock.nowMs();
      const endTime = toAzureTimestamp(endMs);
      const lifeMs = parseDuration(String(given.retentionInterval)) ?? 0;
      const expirationTime = toAzureTimestamp(endMs + lifeMs);
      return {
        properties: {
          provisioningState: 'Succeeded',
          ...given,
          status: { startTime, endTime, expirationTime },
          outputs: {},
        },
        kind,
      };
    },
  };
}

const LOG_NOTE =
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
      const log = isKnownScript(script.properties.scriptContent) ? '' : LOG_NOTE;
      return { properties: { log } };
    },
  };
}

const KEPT = [
  'forceUpdateTag',
  'azPowerShellVersion',
  'azCliVersion',
  'scriptContent',
  'primaryScriptUri',
  'supportingScriptUris',
  'arguments',
  'containerSettings',
];

/** What is kept of a body. Throws 400. */
function readScript(given: Properties): Properties {
  const hasText = readString(given, 'scriptContent') !== undefined;
  if (hasText === (readString(given, 'primaryScriptUri') !== undefined)) {
    throw invalid('scriptContent', given.scriptContent);
  }
  const retentionInterval = readDuration(given, 'retentionInterval');
  return {
    ...Object.fromEntries(
      KEPT.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
    ),
    retentionInterval,
    timeout: given.timeout === undefined ? 'P1D' : readDuration(given, 'timeout'),
    cleanupPreference: readString(given, 'cleanupPreference') ?? 'Always',
    // Azure: a secure value is never shown.
    environmentVariables: (readArray(given, 'environmentVariables') ?? []).map((variable) => {
      const { name, value } = variable as Properties;
      return { name, ...(value !== undefined && { value }) };
    }),
  };
}

/** Azure: at most a day, at least an hour where it is how long the script is kept. */
function readDuration(given: Properties, name: string): string {
  const text = readString(given, name) ?? '';
  if (parseDuration(text) === undefined) throw invalid(name, given[name]);
  return text;
}

/** Pretend: code and words. */
function invalid(name: string, value: unknown): ServiceError {
  return new ServiceError(
    400,
    'DeploymentScriptInvalidInputs',
    `The value '${value ?? ''}' of '${name}' of the deployment script is not valid.`,
  );
}

/**
 * Azure: a script runs again when it has changed, or when it has expired, as it is then gone.
 * Pretend: here it is still shown.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-script-template#run-script-more-than-once
 */
function hasChanged({ clock }: ProviderServices, before: Properties, given: Properties): boolean {
  const { provisioningState, status, outputs, ...kept } = before;
  const expiresAt = Date.parse(readString(readObject(before, 'status'), 'expirationTime') ?? '');
  return !(expiresAt > clock.nowMs()) || !isDeepStrictEqual(kept, given);
}

/** Throws 409 with the script's error, as ARM shows it. */
async function run(services: ProviderServices, request: PutRequest, given: Properties) {
  const { sql } = services;
  if (!sql || !isKnownScript(given.scriptContent)) return;
  const script = readBatches(readEnvironment(request.body.properties ?? {}));
  if (!script) throw failed(request.id, 'ConvertFrom-Json', 'Conversion from JSON failed.');
  const { serverHost, databaseName, batches } = script;
  const accessToken = await tokenOf(services, request);
  const [serverName = ''] = serverHost.split('.');
  try {
    await sql.runScript({ serverName, databaseName, accessToken, batches });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw failed(
      request.id,
      /^(Login failed|Cannot open)/.test(message) ? 'Open' : 'ExecuteNonQuery',
      message,
    );
  }
}

function readEnvironment(given: Properties): ReadonlyMap<string, string> {
  const variables = (readArray(given, 'environmentVariables') ?? []) as readonly Properties[];
  return new Map(
    variables.map(({ name, value, secureValue }) => [String(name), String(value ?? secureValue)]),
  );
}

/** Of the one identity that is attached to the script. */
async function tokenOf(services: ProviderServices, { id, body }: PutRequest): Promise<string> {
  const [identityId = ''] = Object.keys(body.identity?.userAssignedIdentities ?? {});
  const principal = services.identities.find(identityId);
  if (!principal || !services.tokens) {
    throw failed(id, 'Get-AzAccessToken', 'Run Connect-AzAccount to login.');
  }
  const audience = 'https://database.windows.net/';
  const { accessToken } = await services.tokens.issue(principal, audience, {
    azureResourceId: id.id,
  });
  return accessToken;
}

/**
 * Frame: [MicrosoftLearning/mslearn-knowledge-mining#47] and https://aka.ms/DeploymentScriptsTroubleshoot.
 * Pretend: no stack trace; and nothing is kept of a script that failed.
 */
function failed({ id }: ResourceId, method: string, message: string): ServiceError {
  const exception = `System.Management.Automation.MethodInvocationException: Exception calling "${method}": "${message}"`;
  return new ServiceError(
    409,
    'ResourceDeploymentFailure',
    "The resource write operation failed to complete successfully, because it reached terminal provisioning state 'failed'.",
    {
      target: id,
      details: [
        {
          code: 'DeploymentScriptError',
          message: `The provided script failed with the following error:\r\n${exception}. Please refer to https://aka.ms/DeploymentScriptsTroubleshoot for more deployment script information.`,
        },
      ],
    },
  );
}

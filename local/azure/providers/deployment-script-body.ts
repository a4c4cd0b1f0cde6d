import { ServiceError } from '../http/service-error.ts';
import { parseDuration } from './iso-duration.ts';
import type { PutRequest } from './provider.ts';
import { type Properties, readArray, readString } from './read-property.ts';

const HOUR_MS = 3_600_000;
const KINDS = ['AzurePowerShell', 'AzureCLI'] as const;

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

/**
 * Kind and properties of a script, as they are kept. Throws 400.
 * Source: https://learn.microsoft.com/azure/templates/microsoft.resources/deploymentscripts
 */
export function readDeploymentScript({ body }: PutRequest): { kind: string; given: Properties } {
  const kind = KINDS.find((one) => one.toLowerCase() === body.kind?.toLowerCase());
  if (!kind) throw invalid('kind', body.kind);
  // Azure: https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-script-template#configure-the-minimum-permissions
  if (/system/i.test(body.identity?.type ?? '')) throw invalid('identity', body.identity?.type);
  const given = body.properties ?? {};
  const version = kind === 'AzureCLI' ? 'azCliVersion' : 'azPowerShellVersion';
  if (!readString(given, version)) throw invalid(version, given[version]);
  const hasText = readString(given, 'scriptContent') !== undefined;
  if (hasText === (readString(given, 'primaryScriptUri') !== undefined)) {
    throw invalid('scriptContent', given.scriptContent);
  }
  return { kind, given: keep(given) };
}

function keep(given: Properties): Properties {
  const retentionInterval = readDuration(given, 'retentionInterval', [HOUR_MS, 26 * HOUR_MS]);
  return {
    ...Object.fromEntries(
      KEPT.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
    ),
    retentionInterval,
    timeout:
      given.timeout === undefined ? 'P1D' : readDuration(given, 'timeout', [1, 24 * HOUR_MS]),
    cleanupPreference: readString(given, 'cleanupPreference') ?? 'Always',
    // Azure: a secure value is never shown. https://learn.microsoft.com/rest/api/resources/deployment-scripts
    environmentVariables: (readArray(given, 'environmentVariables') ?? []).map((variable) => {
      const { name, value } = variable as Properties;
      return { name, ...(value !== undefined && { value }) };
    }),
  };
}

/** Least and most in milliseconds. */
function readDuration(
  given: Properties,
  name: string,
  [least, most]: readonly [number, number],
): string {
  const text = readString(given, name) ?? '';
  const ms = parseDuration(text) ?? 0;
  if (ms >= least && ms <= most) return text;
  throw invalid(name, given[name]);
}

/** Pretend: code and words. */
function invalid(name: string, value: unknown): ServiceError {
  return new ServiceError(
    400,
    'DeploymentScriptInvalidInputs',
    `The value '${value ?? ''}' of '${name}' of the deployment script is not valid.`,
  );
}

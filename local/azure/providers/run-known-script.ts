import type { ServiceErrorDetail } from '../http/service-error.ts';
import { isKnownScript, readBatches } from './known-script.ts';
import type { ProviderServices, PutRequest } from './provider.ts';
import { type Properties, readArray } from './read-property.ts';

/**
 * Runs the SQL of the known script as the identity that is attached to it; gives the error that it ends with. Another
 * script, or any without an engine, does nothing.
 * Pretend: at the first failure; the script itself waits and tries again, for what Azure takes its time with.
 */
export async function runKnownScript(
  services: ProviderServices,
  request: PutRequest,
): Promise<ServiceErrorDetail | undefined> {
  const { sql } = services;
  const given = request.body.properties ?? {};
  if (!sql || !isKnownScript(given.scriptContent)) return undefined;
  const script = readBatches(readEnvironment(given));
  if (!script) return scriptError('ConvertFrom-Json', 'Conversion from JSON failed.');
  const { serverHost, databaseName, batches } = script;
  const accessToken = await tokenOf(services, request);
  if (!accessToken) return scriptError('Get-AzAccessToken', 'Run Connect-AzAccount to login.');
  const [serverName = ''] = serverHost.split('.');
  try {
    await sql.runScript({ serverName, databaseName, accessToken, batches });
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isLogin = /^(?:Login failed|Cannot open|Database .* is not currently)/.test(message);
    return scriptError(isLogin ? 'Open' : 'ExecuteNonQuery', message);
  }
}

function readEnvironment(given: Properties): ReadonlyMap<string, string> {
  const variables = (readArray(given, 'environmentVariables') ?? []) as readonly Properties[];
  return new Map(
    variables.map(({ name, value, secureValue }) => [String(name), String(value ?? secureValue)]),
  );
}

/** Undefined without an identity. */
async function tokenOf(
  services: ProviderServices,
  { id, body, existing }: PutRequest,
): Promise<string | undefined> {
  const identity = body.identity ?? existing?.identity;
  const [identityId = ''] = Object.keys(identity?.userAssignedIdentities ?? {});
  const principal = services.identities.find(identityId);
  const audience = 'https://database.windows.net/';
  const token =
    principal && (await services.tokens?.issue(principal, audience, { azureResourceId: id.id }));
  return token?.accessToken;
}

/**
 * Code and frame as deployments show them: [tayganr/purviewdemo#32].
 * Pretend: the exception has no stack trace.
 */
function scriptError(method: string, message: string): ServiceErrorDetail {
  const exception = `System.Management.Automation.MethodInvocationException: Exception calling "${method}": "${message}"`;
  return {
    code: 'DeploymentScriptError',
    message: `The provided script failed with the following error:\r\n${exception}. Please refer to https://aka.ms/DeploymentScriptsTroubleshoot for more deployment script information.`,
  };
}

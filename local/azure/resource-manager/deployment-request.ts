import type { DeploymentRequest, DeploymentScope } from '../deployments/deployment.ts';
import { ServiceError } from '../http/service-error.ts';
import { toLocationName } from '../providers/location-name.ts';
import type { ArmContext, ArmRequest, RouteValues } from './arm-context.ts';
import { canonicalScope } from './canonical-id.ts';
import { invalidRequestContent, methodNotAllowed } from './gateway-errors.ts';
import { parseObjectBody } from './parse-json-body.ts';
import { requireGroup, requireSubscription } from './require-existing.ts';

/** Id of the deployment that a route names, at group or subscription scope. */
export function deploymentId(
  arm: ArmContext,
  { scope = '', deploymentName = '' }: RouteValues,
): string {
  const owner = canonicalScope(arm, scope);
  return `${owner}/providers/Microsoft.Resources/deployments/${deploymentName}`;
}

/** Throws 404 for a subscription or group that is not there, 405 for a scope that we do not deploy to. */
export function requireDeploymentScope(
  arm: ArmContext,
  { scope = '' }: RouteValues,
): DeploymentScope {
  const found = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?$/i.exec(scope);
  // Pretend: no deployments to the tenant or to a management group.
  if (!found) throw methodNotAllowed('PUT');
  const [, subscriptionId = '', resourceGroup] = found;
  requireSubscription(arm, subscriptionId);
  requireGroup(arm, { subscriptionId, ...(resourceGroup !== undefined && { resourceGroup }) });
  const { tenantId } = arm.directory;
  if (resourceGroup === undefined) return { tenantId, subscriptionId };
  const group = arm.store.findGroup(subscriptionId, resourceGroup);
  return {
    tenantId,
    subscriptionId,
    resourceGroup: group?.name ?? resourceGroup,
    ...(group?.location !== undefined && { location: group.location }),
  };
}

/**
 * The deployment that a body asks for: `{location?, properties{mode, template, parameters}}`.
 * Throws 400 where a part is missing, of the wrong form, or not served here.
 */
export function parseDeploymentRequest(
  arm: ArmContext,
  request: ArmRequest,
  values: RouteValues,
): DeploymentRequest & { readonly mode: 'Incremental' | 'Complete' } {
  const scope = requireDeploymentScope(arm, values);
  const name = values.deploymentName ?? '';
  checkName(name);
  const body = parseObjectBody(request.http.body);
  const properties = asObject(body.properties, 'properties');
  return {
    name,
    scope: { ...scope, ...locationOf(body.location, scope, name) },
    template: templateOf(properties),
    parameters: asObject(
      properties.parameters ?? {},
      'parameters',
    ) as DeploymentRequest['parameters'],
    caller: request.caller,
    mode: modeOf(properties.mode, scope),
  };
}

function templateOf(properties: Readonly<Record<string, unknown>>): unknown {
  for (const link of ['templateLink', 'parametersLink']) {
    if (properties[link] === undefined || properties[link] === null) continue;
    // Pretend: nothing is fetched from elsewhere, linked templates and template specs included.
    throw new ServiceError(
      400,
      'InvalidContentLink',
      `The embedded Azure downloads nothing: give the content inline instead of '${link}'.`,
      { fromGateway: true },
    );
  }
  if (properties.template !== undefined) return properties.template;
  throw invalidRequestContent("Required property 'template' not found in JSON. Path 'properties'.");
}

/**
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-modes
 * Pretend: the wordings.
 */
function modeOf(mode: unknown, scope: DeploymentScope): 'Incremental' | 'Complete' {
  const text = String(mode ?? '').toLowerCase();
  if (text === 'incremental') return 'Incremental';
  if (text === 'complete' && scope.resourceGroup !== undefined) return 'Complete';
  throw new ServiceError(
    400,
    'InvalidDeployment',
    text === 'complete'
      ? "The deployment mode 'Complete' is not supported at subscription scope. Please see https://aka.ms/arm-deployment-subscription for usage details."
      : `The value '${String(mode ?? '')}' of the deployment property 'mode' is not valid.`,
    { fromGateway: true },
  );
}

/** [Azure/bicep-deploy#78] */
function locationOf(location: unknown, scope: DeploymentScope, name: string) {
  const isGiven = typeof location === 'string' && location !== '';
  if (scope.resourceGroup === undefined && isGiven) return { location: toLocationName(location) };
  if (scope.resourceGroup !== undefined && !isGiven) return {};
  const problem = isGiven
    ? `The 'location' property is not allowed for '${name}' at resource group scope.`
    : `The 'location' property must be specified for '${name}'.`;
  throw new ServiceError(
    400,
    'InvalidDeployment',
    `${problem} Please see https://aka.ms/arm-deployment-subscription for usage details.`,
    { fromGateway: true },
  );
}

/**
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources;
 * [Azure/azure-powershell#383, MicrosoftDocs/azure-docs#62281] for the words.
 */
function checkName(name: string): void {
  const invalid = [...new Set(name.match(/[^\p{L}\p{N}._()-]|\.$/gu))].join('');
  if (invalid === '' && name.length <= 64) return;
  const problem =
    name.length > 64
      ? `has a length of '${name.length}' which exceeds the maximum length of '64'.`
      : `has these invalid characters: '${invalid}'. The name can only be a letter, digit, '-', '.', '(', ')' or '_'.`;
  throw new ServiceError(
    400,
    'InvalidDeployment',
    `The provided deployment name '${name}' ${problem}`,
    { fromGateway: true },
  );
}

function asObject(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw invalidRequestContent(
    `Required property '${name}' not found in JSON, or it is not an object.`,
  );
}

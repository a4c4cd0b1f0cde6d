import { basename } from 'node:path';
import type { LocalAzure } from './azure/start-azure.ts';
import { deployTemplate, readTemplate, type TemplateDeployment } from './deploy-template.ts';
import { leaveOutGrants } from './leave-out-grants.ts';
import type { AlsoTemplate } from './start-options.ts';

/**
 * Deploys somebody else's template: types that have no service here are kept as plain ARM data, so that there is
 * something foreign to scan. Returns one line for the terminal. Throws with every failed resource named.
 */
export async function deployAlso(
  azure: LocalAzure,
  also: AlsoTemplate,
  own: { readonly resourceGroup: string; readonly location: string },
): Promise<string> {
  // As az names it: after the file.
  const name = basename(also.template).replace(/\.json$/i, '');
  const { subscriptionId } = also;
  const resourceGroup = also.resourceGroup ?? own.resourceGroup;
  const record = await deployTemplate(azure, {
    name,
    resourceGroup,
    ...(subscriptionId !== undefined && { subscriptionId }),
    location: own.location,
    template: leaveOutGrants(readTemplate(also.template), also.without ?? [], '--also-without'),
    strict: false,
    ...(also.parameters !== undefined && { parameters: readParameters(also.parameters) }),
  });
  const count = record.outputResources?.length ?? 0;
  const made = count === 1 ? '1 resource' : `${count} resources`;
  const where = subscriptionId === undefined ? '' : ` of subscription ${subscriptionId}`;
  return `Also deployed '${name}' into resource group ${resourceGroup}${where}: ${made}`;
}

/** `{"parameters": {"name": {"value": …}}}`. Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/parameter-files */
function readParameters(path: string): NonNullable<TemplateDeployment['parameters']> {
  const file = readTemplate(path) as { parameters?: unknown } | null;
  const parameters = file?.parameters;
  if (typeof parameters === 'object' && parameters !== null) {
    return parameters as NonNullable<TemplateDeployment['parameters']>;
  }
  throw new Error(`${path} is no parameters file: it has no 'parameters'.`);
}

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#resourceid
import { stringArguments } from './arguments.ts';
import { refuse } from './refusal.ts';
import { type CallSite, eager, type FunctionTable } from './template-function.ts';

export const resourceIdFunctions: FunctionTable = {
  resourceId: eager({ atLeast: 2 }, (args, site) => {
    const { before, type, path } = splitArguments(stringArguments(args, site), 2, site);
    // Azure: at subscription scope one argument before the type names a subscription (golden/engine.json).
    if (before.length < 2 && site.scope.resourceGroupName === undefined) {
      return subscriptionResourceId(before[0], type, path, {
        ...site,
        name: 'subscriptionResourceId',
      });
    }
    return `${groupScope(before, site)}${path}`;
  }),
  subscriptionResourceId: eager({ atLeast: 2 }, (args, site) => {
    const { before, type, path } = splitArguments(stringArguments(args, site), 1, site);
    return subscriptionResourceId(before[0], type, path, site);
  }),
  tenantResourceId: eager({ atLeast: 2 }, (args, site) => {
    return splitArguments(stringArguments(args, site), 0, site).path;
  }),
  managementGroupResourceId: eager({ atLeast: 3 }, (args, site) => {
    const [group, ...rest] = stringArguments(args, site);
    const { path } = splitArguments(rest, 0, site);
    return `/providers/Microsoft.Management/managementGroups/${group}${path}`;
  }),
  extensionResourceId: eager({ atLeast: 3 }, (args, site) => {
    const [parent = '', ...rest] = stringArguments(args, site);
    const { path } = splitArguments(rest, 0, site);
    if (!parent.startsWith('/')) {
      throw wrongCall(site, `the provided parent resource id '${parent}' is not a valid uri`);
    }
    return `${withoutLastSlash(parent)}${path}`;
  }),
};

/**
 * Finds the one argument with a `/`, the type; behind it one name for each of its segments.
 * `maximumBefore`: how many arguments may name the scope.
 */
function splitArguments(
  args: readonly string[],
  maximumBefore: number,
  site: CallSite,
): { before: readonly string[]; type: string; path: string } {
  const at = args.findIndex((arg) => arg.includes('/'));
  if (at === -1 || args.findLastIndex((arg) => arg.includes('/')) !== at) {
    throw wrongCall(
      site,
      `function requires exactly one multi-segmented argument which must be resource type including resource provider namespace. Current function arguments '${args.join(',')}'`,
    );
  }
  const given = args[at] ?? '';
  if (at > maximumBefore) {
    throw wrongCall(
      site,
      `function requires fully qualified resource type '${given}' as one of first ${maximumBefore + 1} arguments`,
    );
  }
  const type = withoutLastSlash(given);
  const [namespace = '', ...types] = type.split('/');
  const names = args.slice(at + 1);
  if (names.length !== types.length) {
    throw wrongCall(
      site,
      `the type '${given}' requires '${types.length}' resource name argument(s)`,
    );
  }
  const pairs = types.map((segment, index) => `/${segment}/${names[index]}`).join('');
  return { before: args.slice(0, at), type, path: `/providers/${namespace}${pairs}` };
}

function subscriptionResourceId(
  given: string | undefined,
  type: string,
  path: string,
  site: CallSite,
): string {
  const subscription = `/subscriptions/${subscriptionIdOf(given, site)}`;
  return isResourceGroup(type) ? `${subscription}${groupPath(path)}` : `${subscription}${path}`;
}

function groupScope(before: readonly string[], site: CallSite): string {
  const subscriptionId = subscriptionIdOf(before.length > 1 ? before[0] : undefined, site);
  return `/subscriptions/${subscriptionId}/resourceGroups/${before.at(-1) ?? site.scope.resourceGroupName}`;
}

function subscriptionIdOf(given: string | undefined, site: CallSite): string {
  if (given === undefined) return site.scope.subscriptionId;
  if (/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(given)) return given;
  throw refuse(
    `The provided value '${given}' is not valid subscription identifier. ${seeFunction(site)}`,
  );
}

// Azure: a group is no resource of a provider in its id (golden/engine.json).
function isResourceGroup(type: string): boolean {
  return type.toLowerCase() === 'microsoft.resources/resourcegroups';
}

function groupPath(path: string): string {
  return path.replace(/^\/providers\/[^/]+/, '');
}

function withoutLastSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text;
}

function wrongCall(site: CallSite, reason: string): Error {
  return refuse(
    `Unable to evaluate template language function '${site.name}': ${reason}. ${seeFunction(site)}`,
  );
}

function seeFunction(site: CallSite): string {
  return `Please see https://aka.ms/arm-resource-functions/#${site.name.toLowerCase()} for usage details.`;
}

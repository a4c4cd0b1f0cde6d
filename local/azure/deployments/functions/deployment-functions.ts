// What an expression asks of its deployment: values of the scope, and resources.
// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-deployment
// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource
import { integerArgument, stringArgument, typeName, wrongType } from './arguments.ts';
import { refuse, SEE_FUNCTIONS } from './refusal.ts';
import {
  type CallSite,
  eager,
  type FunctionTable,
  type TemplateFunction,
} from './template-function.ts';

/** They ask resource providers about their zones and versions. */
const NOT_HERE = [
  'pickZones',
  'providers',
  'toLogicalZone',
  'toLogicalZones',
  'toPhysicalZone',
  'toPhysicalZones',
];

export const deploymentFunctions: FunctionTable = {
  parameters: eager({ atLeast: 0 }, (args, site) => site.scope.parameter(onlyName(args, site))),
  variables: eager({ atLeast: 0 }, (args, site) => site.scope.variable(onlyName(args, site))),
  copyIndex: eager([0, 2], copyIndex),
  deployment: eager(0, (_, { scope }) => scope.deployment()),
  deployer: eager(0, (_, { scope }) => scope.deployer()),
  environment: eager(0, (_, { scope }) => scope.environment()),
  tenant: eager(0, (_, { scope }) => scope.tenant()),
  subscription: eager(0, (_, { scope }) => scope.subscription()),
  resourceGroup: eager(0, (_, { scope }) => scope.resourceGroup()),
  managementGroup: eager(0, (_, { scope }) => scope.managementGroup()),
  reference: eager([1, 3], (args, { scope }) => scope.reference(args)),
  references: eager([1, 2], (args, { scope }) => scope.references(args)),
  resourceInfo: eager(1, (args, site) => site.scope.resourceInfo(stringArgument(args, 0, site))),
  newGuid: eager(0, (_, { scope }) => scope.newGuid()),
  utcNow: eager([0, 1], (args, site) =>
    site.scope.utcNow(args.length === 0 ? undefined : stringArgument(args, 0, site)),
  ),
  ...Object.fromEntries(NOT_HERE.map((name) => [name, notHere(name)])),
  fail: eager(1, (args, site) => {
    throw refuse(stringArgument(args, 0, site));
  }),
};

function notHere(name: string): TemplateFunction {
  return eager({ atLeast: 0 }, () => {
    // Pretend: ARM has them; the embedded Azure has no zones.
    throw refuse(`The template function '${name}' is not supported by the embedded Azure.`);
  });
}

function onlyName(args: readonly unknown[], site: CallSite): string {
  if (args.length !== 1) {
    throw refuse(
      `The template language function '${site.name}' must have only one parameter. ${SEE_FUNCTIONS}`,
    );
  }
  return stringArgument(args, 0, { ...site, arity: 1 });
}

/** `copyIndex()`, `copyIndex(offset)`, `copyIndex(loop)`, `copyIndex(loop, offset)`. */
function copyIndex(args: readonly unknown[], site: CallSite): number {
  const [first] = args;
  const type = args.length === 0 ? 'Integer' : typeName(first);
  if (type !== 'String' && type !== 'Integer') throw wrongType(first, 0, 'String', site);
  const loop = typeof first === 'string' ? first : undefined;
  const offsetAt = loop === undefined ? 0 : 1;
  const offset = args.length > offsetAt ? integerArgument(args, offsetAt, site) : 0;
  return site.scope.copyIndex(loop) + offset;
}

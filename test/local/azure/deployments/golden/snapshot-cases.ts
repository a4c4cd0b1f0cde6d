import type { DeploymentScope } from '../../../../../local/azure/deployments/deployment.ts';

/** Templates that Microsoft's engine has evaluated (`bicep snapshot`): `snapshots/{name}.json` and `.snapshot.json`. */
export interface SnapshotCase {
  readonly name: string;
  readonly scope: DeploymentScope;
  readonly parameters: Readonly<Record<string, { readonly value: unknown }>>;
}

const group: DeploymentScope = {
  tenantId: 'aaaabbbb-0000-cccc-1111-dddd2222eeee',
  subscriptionId: 'aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e',
  resourceGroup: 'rg1',
  location: 'westeurope',
};
const { resourceGroup: _, ...subscription } = group;

export const deploymentName = 'main';

export const snapshotCases: readonly SnapshotCase[] = [
  { name: 'loops', scope: group, parameters: {} },
  { name: 'conditions', scope: group, parameters: {} },
  { name: 'modules', scope: group, parameters: {} },
  { name: 'extension-resources', scope: group, parameters: {} },
  { name: 'existing-resources', scope: group, parameters: {} },
  { name: 'user-defined-types', scope: group, parameters: {} },
  { name: 'subscription', scope: subscription, parameters: {} },
  { name: 'secure-parameters', scope: group, parameters: { password: { value: 'pa55word' } } },
  { name: 'outer-scope', scope: group, parameters: {} },
  { name: 'nested-children', scope: group, parameters: {} },
];

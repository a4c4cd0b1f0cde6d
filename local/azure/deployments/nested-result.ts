import type { Resource } from '../resource-manager/resource.ts';

/** What other resources of the template may read of one that has been deployed. */
export interface DeployedValues {
  readonly resource: Pick<Resource, 'id' | 'properties'> & Partial<Resource>;
  /** Of a nested deployment: every output by name, secure ones too, as listOutputsWithSecureValues() gives them. */
  readonly secureOutputs?: Readonly<Record<string, unknown>>;
}

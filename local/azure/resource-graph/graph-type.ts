import { resourceGroupType } from '../resource-manager/resource-type-names.ts';

/** The type of a group in Resource Graph, and in the names of its actions. */
const GROUP = 'Microsoft.Resources/subscriptions/resourceGroups';
export const SUBSCRIPTION = 'Microsoft.Resources/subscriptions';

/** As Resource Graph, and the action that reads it, name a type. */
export function graphTypeOf(type: string): string {
  return isGroupType(type) ? GROUP : type;
}

export function isGroupType(type: string): boolean {
  return type.toLowerCase() === resourceGroupType.toLowerCase();
}

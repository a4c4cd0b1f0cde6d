import { v5 as uuidV5 } from 'uuid';

/** Namespace of ARM's `guid()` (golden/engine.json). */
const NAMESPACE = '11fb06fb-712d-4ddd-98c7-e71bbd588830';

/** The GUID that a service would invent for a resource: the same in every run. */
export function derivedGuid(purpose: string, resourceId: string): string {
  return uuidV5(`${purpose}-${resourceId.toLowerCase()}`, NAMESPACE);
}

import type { Directory, Principal } from '../directory.ts';
import { sameId } from '../resource-id.ts';

/** As much of an ARM resource as the identity endpoints need. */
export interface ResourceWithIdentity {
  readonly id: string;
  readonly name: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Of a machine: shown by its IMDS. */
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly identity?: {
    readonly principalId?: string;
    readonly userAssignedIdentities?: Readonly<Record<string, { readonly principalId: string }>>;
  };
}

export interface AssignedIdentities {
  readonly systemAssigned?: Principal;
  readonly userAssigned: readonly Principal[];
}

/** Which of several identities a token request means. */
export interface IdentitySelector {
  readonly by: 'clientId' | 'principalId' | 'resourceId';
  readonly value: string;
}

/** The identities that the resource has at this moment; those whose principal is gone are left out. */
export function assignedIdentities(
  resource: ResourceWithIdentity | undefined,
  directory: Directory,
): AssignedIdentities {
  const { principalId, userAssignedIdentities = {} } = resource?.identity ?? {};
  const systemAssigned = principalId === undefined ? undefined : directory.find(principalId);
  const userAssigned = Object.values(userAssignedIdentities).flatMap(
    (identity) => directory.find(identity.principalId) ?? [],
  );
  return { ...(systemAssigned && { systemAssigned }), userAssigned };
}

/** Whether the selector names the principal. None of the three ids has a case. */
export function isSelected(principal: Principal, { by, value }: IdentitySelector): boolean {
  const id = principal[by];
  return id !== undefined && sameId(id, value);
}

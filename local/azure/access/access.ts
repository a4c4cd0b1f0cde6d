import type { ServiceError } from '../http/service-error.ts';

/** A role definition as Azure keeps it; ids are the trailing GUID, lower case. */
export interface RoleDefinition {
  readonly id: string;
  readonly roleName: string;
  readonly type: 'BuiltInRole' | 'CustomRole';
  readonly description: string;
  readonly assignableScopes: readonly string[];
  readonly permissions: readonly {
    readonly actions: readonly string[];
    readonly notActions: readonly string[];
    readonly dataActions: readonly string[];
    readonly notDataActions: readonly string[];
  }[];
}

export interface RoleAssignment {
  /** Full resource id of the assignment. */
  readonly id: string;
  readonly scope: string;
  readonly principalId: string;
  /** Trailing GUID of the definition's id, lower case. */
  readonly roleDefinitionId: string;
}

export interface AccessRequest {
  readonly principalId: string;
  /** `Microsoft.KeyVault/vaults/secrets/getSecret/action`. */
  readonly action: string;
  /** A data action is allowed by `dataActions` only. */
  readonly isDataAction: boolean;
  /** Resource id of what is acted on. */
  readonly scope: string;
}

export interface Decision extends AccessRequest {
  readonly allowed: boolean;
  /** The assignment that allows it. */
  readonly assignment?: RoleAssignment;
  /** One sentence: which role on which scope allows it, or that none does. */
  readonly why: string;
}

/**
 * The one place that decides. Deny by default; every decision is in the journal.
 * Everything here is synchronous and reads the current assignments: a removed assignment refuses at once,
 * unless a delay is set.
 */
export interface Access {
  authorize(request: AccessRequest): Decision;
  /** As `authorize`, throwing what `refuse` makes of a denial. */
  require(request: AccessRequest, refuse: (decision: Decision) => ServiceError): Decision;

  addAssignment(assignment: RoleAssignment): void;
  removeAssignment(id: string): void;
  /** As ARM shows them, in effect already or not yet. */
  listAssignments(): readonly RoleAssignment[];
  /**
   * Those that decide now about the principal: its own, and those of groups that it is in. A delay may lie between an
   * assignment, or its removal, and its effect.
   */
  listEffectiveAssignmentsOf(principalId: string): readonly RoleAssignment[];
  /** By trailing GUID or full id; undefined if there is no such role. */
  findDefinition(idOrGuid: string): RoleDefinition | undefined;
  listDefinitions(): readonly RoleDefinition[];
  addDefinition(definition: RoleDefinition): void;
  removeDefinition?(idOrGuid: string): void;
}

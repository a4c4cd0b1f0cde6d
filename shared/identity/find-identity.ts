import { remainingMs } from '../deadline.ts';
import { AppError } from '../errors.ts';
import type { Services } from '../services.ts';
import { collectIdentities } from './collect-identities.ts';
import { unfinished } from './list-identities.ts';
import type { ManagedIdentity } from './managed-identity.ts';
import { type AssignedRole, roleAssignmentsOf } from './role-assignments-of.ts';

type Tools = Pick<Services, 'resourceManager' | 'managedIdentities' | 'roleAssignments'>;

export interface FoundIdentity {
  /** Which of its ids was asked for. */
  readonly matchedBy: 'principalId' | 'clientId';
  readonly identity: ManagedIdentity;
  readonly roleAssignments: readonly AssignedRole[];
  /** What the app can't see. */
  readonly notes: readonly string[];
}

/** Client ids of system-assigned identities are asked for one by one: so many at a time, while there is time. */
const LOOK_UPS_AT_ONCE = 8;
const MOST_LOOK_UPS = 200;
/** Kept back for the roles. */
const RESERVE_MS = 1_000;

const REACH =
  'Listed are role assignments on, above and within SCAN_SCOPES. Those on other resource groups and subscriptions are hidden from the app, whose role Reader ends there. Roles in Entra ID and rights in a database are no role assignments.';

/**
 * The identity of `scopes` with this principal id or client id (a GUID in lower case), and what it may do there.
 * Throws AppError: NOT_FOUND for none.
 */
export async function findIdentity(
  id: string,
  scopes: readonly string[],
  tools: Tools,
): Promise<FoundIdentity> {
  const { identities, unfinishedScopes } = await collectIdentities(scopes, tools);
  const found =
    (await findByPrincipalId(id, identities, tools)) ??
    (await findByClientId(id, identities, tools));
  if (!found) throw notFound(unfinishedScopes);
  const principalId = found.identity.principalId ?? '';
  const assigned = principalId
    ? await roleAssignmentsOf(principalId, scopes, tools.roleAssignments)
    : [];
  return {
    ...found,
    roleAssignments: assigned,
    notes: [
      REACH,
      ...(principalId ? [] : ['Azure did not tell its principal id, so its roles are not known.']),
      ...(assigned.some(({ roleName }) => roleName === undefined)
        ? ['A role without a name is one whose definition the app may not read.']
        : []),
      ...unfinishedScopes.map(unfinished),
    ],
  };
}

type Match = Pick<FoundIdentity, 'matchedBy' | 'identity'>;

async function findByPrincipalId(
  id: string,
  identities: readonly ManagedIdentity[],
  { managedIdentities }: Tools,
): Promise<Match | undefined> {
  const identity = identities.find(({ principalId }) => principalId?.toLowerCase() === id);
  if (!identity) return undefined;
  if (identity.kind === 'userAssigned') return { matchedBy: 'principalId', identity };
  const clientId = await managedIdentities.findSystemAssignedClientId(identity.resourceId);
  return { matchedBy: 'principalId', identity: { ...identity, ...(clientId && { clientId }) } };
}

async function findByClientId(
  id: string,
  identities: readonly ManagedIdentity[],
  { managedIdentities }: Tools,
): Promise<Match | undefined> {
  const userAssigned = identities.find(({ clientId }) => clientId?.toLowerCase() === id);
  if (userAssigned) return { matchedBy: 'clientId', identity: userAssigned };
  const others = identities.filter(({ kind }) => kind === 'systemAssigned').slice(0, MOST_LOOK_UPS);
  for (let first = 0; first < others.length; first += LOOK_UPS_AT_ONCE) {
    if (remainingMs() <= RESERVE_MS) return undefined;
    const asked = others.slice(first, first + LOOK_UPS_AT_ONCE);
    const clientIds = await Promise.all(
      asked.map(({ resourceId }) => managedIdentities.findSystemAssignedClientId(resourceId)),
    );
    const index = clientIds.findIndex((clientId) => clientId?.toLowerCase() === id);
    const identity = asked[index];
    if (identity) return { matchedBy: 'clientId', identity: { ...identity, clientId: id } };
  }
  return undefined;
}

function notFound(unfinishedScopes: readonly string[]): AppError {
  const [scope] = unfinishedScopes;
  return new AppError({
    code: 'NOT_FOUND',
    target: 'resource-manager',
    message: `No managed identity in SCAN_SCOPES has this principal id or client id.${scope ? ` ${unfinished(scope)}` : ''}`,
    nextStep:
      'See GET /api/identities for those that are there; one of another group is seen when SCAN_SCOPES names it. Ask for a system-assigned one by its principal id: where there are many, not every client id is looked up.',
  });
}

import { MARGIN_MS } from '../azure-call-policy.ts';
import { remainingMs, within } from '../deadline.ts';
import type { ResourcePage } from '../resource-manager.ts';
import { PageWalk } from '../scan/page-walk.ts';
import type { Services } from '../services.ts';
import { IdentityCollection, type ManagedIdentity } from './managed-identity.ts';

export type IdentityTools = Pick<Services, 'resourceManager' | 'managedIdentities'>;

export interface CollectedIdentities {
  /** In the order of their keys. */
  readonly identities: readonly ManagedIdentity[];
  /** Scopes whose list of resources was too long for the time of one request. */
  readonly unfinishedScopes: readonly string[];
}

/** Kept back for what follows the lists. */
const RESERVE_MS = 2_000;

/**
 * The managed identities of `scopes` (subscriptions and resource groups), and which resources have them. Azure tells
 * who has an identity at no other place to a Reader: listAssociatedResources is an action. Throws AppError.
 */
export async function collectIdentities(
  scopes: readonly string[],
  tools: IdentityTools,
): Promise<CollectedIdentities> {
  const collection = new IdentityCollection();
  const ends = await Promise.all(scopes.map((scope) => collectScope(scope, collection, tools)));
  return {
    identities: collection.all(),
    unfinishedScopes: scopes.filter((_, index) => !ends[index]),
  };
}

/** Resolves to whether the lists were read to their end. */
async function collectScope(
  scope: string,
  collection: IdentityCollection,
  { resourceManager, managedIdentities }: IdentityTools,
): Promise<boolean> {
  // Azure: a list is filtered to what the caller may read, so without its role it is empty and no refusal.
  await resourceManager.probe(scope);
  for (const identity of await managedIdentities.listUserAssigned(scope)) {
    collection.addUserAssigned(identity);
  }
  const walk = new PageWalk();
  for (let page: string | undefined; ; ) {
    const listed = await listInTime(scope, page, resourceManager);
    if (!listed) return false;
    for (const resource of listed.resources) collection.addResource(resource);
    if (listed.nextPage === undefined) return true;
    walk.step(listed.nextPage, listed.resources.length);
    page = listed.nextPage;
  }
}

/** Undefined for a further page that there is no time for; without a first one there is nothing to tell. */
async function listInTime(
  scope: string,
  page: string | undefined,
  resourceManager: IdentityTools['resourceManager'],
): Promise<ResourcePage | undefined> {
  // A call gives up by the margin before its time has passed.
  const isOutOfTime = () => page !== undefined && remainingMs() <= RESERVE_MS + 2 * MARGIN_MS;
  if (isOutOfTime()) return undefined;
  try {
    const budgetMs = Math.max(1, remainingMs() - RESERVE_MS);
    return await within(budgetMs, 'resource-manager', () => resourceManager.listPage(scope, page));
  } catch (error) {
    if (isOutOfTime()) return undefined;
    throw error;
  }
}

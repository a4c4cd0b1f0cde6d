// Resource Graph tells that a resource was created and when it saw that, not the createdTime that ARM keeps (its
// `resources` table has none either, and systemData.createdAt only for some types). An event is named by the
// createdTime, so that the feed and the list can't report one creation twice. So it is read where the list reads
// it, from ARM's list, of the resource group that the new one lies in: one page as a rule (Azure: 800 resources of
// a type in a group), for however many that are new in it. `$filter` by name would not be fewer: ARM may filter
// after it has cut its pages, and children are named in more than one way.
import type { AppError } from '../errors.ts';
import type { Creation } from '../resource-graph.ts';
import type { ListedResource, ResourcePage } from '../resource-manager.ts';
import { PageWalk } from './page-walk.ts';

/** Creations by the lower-case id of the group that they lie in; undefined: in none, so the list alone finds them. */
export function byGroup(
  creations: readonly Creation[],
): ReadonlyMap<string | undefined, readonly Creation[]> {
  return Map.groupBy(creations, ({ resourceId }) => groupOf(resourceId));
}

/**
 * Reads `group`'s list until all of `creations` are met; returns the met ones by lower-case id. What is not there was
 * deleted, or ARM does not list it yet.
 */
export async function lookUp(
  group: string,
  creations: readonly Creation[],
  listPage: (scope: string, page?: string) => Promise<ResourcePage>,
): Promise<ReadonlyMap<string, ListedResource>> {
  const wanted = new Set(creations.map(({ resourceId }) => resourceId.toLowerCase()));
  const met = new Map<string, ListedResource>();
  const walk = new PageWalk();
  let page: string | undefined;
  do {
    const { resources, nextPage } = await listPage(group, page).catch(emptyIfGone);
    for (const resource of resources) {
      const id = resource.id?.toLowerCase() ?? '';
      if (wanted.has(id)) met.set(id, resource);
    }
    if (nextPage !== undefined) walk.step(nextPage, resources.length);
    page = nextPage;
  } while (page !== undefined && met.size < wanted.size);
  return met;
}

/** The group may have been deleted since. */
function emptyIfGone(error: unknown): ResourcePage {
  if ((error as Partial<AppError>).status !== 404) throw error;
  return { resources: [] };
}

/** Undefined for what lies in no group: the list alone finds it. */
function groupOf(resourceId: string): string | undefined {
  return /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+)\/providers\//i
    .exec(resourceId)?.[1]
    ?.toLowerCase();
}

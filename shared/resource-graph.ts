import type { TokenCredential } from '@azure/core-auth';
import { operations } from './operations.ts';
import { RESOURCE_MANAGER_SCOPE } from './resource-manager.ts';
import { createRequests } from './resource-manager-requests.ts';
import { parseScope } from './scope.ts';
import { toAppError } from './to-app-error.ts';

const ADDRESS =
  'https://management.azure.com/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';
/** The most that Resource Graph gives. */
const PAGE_SIZE = 1000;

/** Resource Graph saw that this resource was created. When it saw it is not the resource's createdTime. */
export interface Creation {
  readonly resourceId: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly changeTime: string;
}

export interface CreationPage {
  readonly creations: readonly Creation[];
  readonly nextPage?: string;
}

export interface ResourceGraph {
  /**
   * One page of what was created in `scopes` at or after `since` (ISO 8601), oldest first; `page` comes from the page
   * before. Azure: whoever may read nothing there gets an empty answer. Throws AppError.
   */
  listCreations(scopes: readonly string[], since: string, page?: string): Promise<CreationPage>;
}

export function createResourceGraph(
  credential: TokenCredential,
  principalIdInHand: (tokenScope: string) => string | undefined,
): ResourceGraph {
  const { post } = createRequests(credential, RESOURCE_MANAGER_SCOPE);
  return {
    async listCreations(scopes, since, page) {
      const subscriptions = new Set(scopes.map((scope) => parseScope(scope).subscriptionId));
      const query = creationsQuery(scopes, since);
      const options = { $top: PAGE_SIZE, ...(page && { $skipToken: page }) };
      try {
        return parsePage(
          await post(ADDRESS, { subscriptions: [...subscriptions], query, options }),
        );
      } catch (error) {
        const operation = operations.readChanges(scopes.join(','));
        throw toAppError(error, operation, principalIdInHand(RESOURCE_MANAGER_SCOPE));
      }
    },
  };
}

/**
 * Scopes are checked settings: they hold no quote. Groups, which have changes too, are in no list of resources.
 * Azure: only what has an `id` comes in pages.
 */
function creationsQuery(scopes: readonly string[], since: string): string {
  const inScopes = scopes.map((scope) => `resourceId startswith '${scope}/'`).join(' or ');
  return [
    'resourcechanges',
    'extend changeTime = todatetime(properties.changeAttributes.timestamp)',
    'extend resourceId = tostring(properties.targetResourceId), changeType = tostring(properties.changeType)',
    `where changeType == 'Create' and changeTime >= datetime(${since})`,
    `where resourceId contains '/providers/' and (${inScopes})`,
    'project id, changeTime, resourceId',
    'order by changeTime asc, id asc',
  ].join(' | ');
}

/** Throws SyntaxError or TypeError for an answer of another shape, as the SDKs do. */
function parsePage(text: string): CreationPage {
  const { data, $skipToken } = JSON.parse(text) as { data: unknown; $skipToken?: unknown };
  if (!Array.isArray(data)) throw new TypeError('no data');
  const creations = data.map(({ resourceId, changeTime }: Record<string, unknown>) => {
    const time = new Date(String(changeTime));
    if (Number.isNaN(time.getTime())) throw new TypeError('no time');
    return { resourceId: String(resourceId), changeTime: time.toISOString() };
  });
  return { creations, ...(typeof $skipToken === 'string' && { nextPage: $skipToken }) };
}

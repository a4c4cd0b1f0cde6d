import type { TokenCredential } from '@azure/core-auth';
import { assertNamedHost, azureCallPolicies } from './azure-call-policy.ts';
import { once } from './credential.ts';
import { AppError } from './errors.ts';
import { type Operation, operations } from './operations.ts';
import { parseScope } from './scope.ts';
import { toAppError } from './to-app-error.ts';

const HOST = 'management.azure.com';
export const RESOURCE_MANAGER_SCOPE = `https://${HOST}/.default`;
/** A page of a large subscription takes seconds. */
const ATTEMPT_MS = 10_000;

/** What ARM's list says of a resource. */
export interface ListedResource {
  readonly id?: string;
  readonly name?: string;
  readonly type?: string;
  readonly location?: string;
  /** Absent if ARM doesn't know: it happens for some types. */
  readonly createdTime?: Date;
}

export interface ResourcePage {
  readonly resources: readonly ListedResource[];
  /** Absent on the last page. A page may be empty and not the last. */
  readonly nextPage?: string;
}

export interface ResourceManager {
  /** One page of the resources in `scope`; `page` comes from the page before. Throws AppError. */
  listPage(scope: string, page?: string): Promise<ResourcePage>;
  /** One harmless call on `scope`: may we read there? Throws AppError. */
  probe(scope: string): Promise<Operation>;
}

export function createResourceManager(
  credential: TokenCredential,
  principalIdInHand: (tokenScope: string) => string | undefined,
): ResourceManager {
  const sdk = once(() => import('@azure/arm-resources'));
  const clientFor = async (subscriptionId: string) => {
    const { ResourceManagementClient } = await sdk();
    return new ResourceManagementClient(credential, subscriptionId, {
      retryOptions: { maxRetries: 0 },
      additionalPolicies: azureCallPolicies({
        target: 'resource-manager',
        hosts: [HOST],
        attemptMs: ATTEMPT_MS,
      }),
    });
  };
  const clients = new Map<string, ReturnType<typeof clientFor>>();
  const clientOf = (subscriptionId: string) => {
    const client = clients.get(subscriptionId) ?? clientFor(subscriptionId);
    clients.set(subscriptionId, client);
    return client;
  };
  const call = async <T>(operation: Operation, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw toAppError(error, operation, principalIdInHand(RESOURCE_MANAGER_SCOPE));
    }
  };

  return {
    listPage: (scope, page) =>
      call(operations.listResources(scope), async () => {
        // The SDK follows any address that it is given; here it is checked before a token is asked for.
        if (page !== undefined)
          assertNamedHost(page, { hosts: [HOST], target: 'resource-manager' });
        const { subscriptionId, resourceGroup } = parseScope(scope);
        const { resources } = await clientOf(subscriptionId);
        const options = { expand: 'createdTime,changedTime,provisioningState' };
        const list = resourceGroup
          ? resources.listByResourceGroup(resourceGroup, options)
          : resources.list(options);
        const pages = list.byPage(page === undefined ? {} : { continuationToken: page });
        const { value, done } = await pages.next();
        if (done) throw noPage();
        const { continuationToken } = value as typeof value & { continuationToken?: string };
        return {
          resources: value,
          ...(continuationToken ? { nextPage: continuationToken } : {}),
        };
      }),
    async probe(scope) {
      const { subscriptionId, resourceGroup } = parseScope(scope);
      const operation = operations.readScope(scope);
      await call(operation, async () => {
        const { resourceGroups, tagsOperations } = await clientOf(subscriptionId);
        if (resourceGroup) await resourceGroups.get(resourceGroup);
        else await tagsOperations.getAtScope(scope.slice(1));
      });
      return operation;
    },
  };
}

function noPage(): AppError {
  return new AppError({
    code: 'UNEXPECTED',
    target: 'resource-manager',
    message: 'Resource Manager answered without a page.',
    nextStep: 'Report it with the time and this message.',
  });
}

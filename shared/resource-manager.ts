import type { ResourceManagementClient } from '@azure/arm-resources';
import type { TokenCredential } from '@azure/core-auth';
import { assertNamedHost, azureCallPolicies, untilReadable } from './azure-call-policy.ts';
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
  readonly identity?: ListedIdentity;
}

/** Which identities a resource has. `principalId` is that of the system-assigned one. */
export interface ListedIdentity {
  readonly principalId?: string;
  readonly tenantId?: string;
  /** By resource id, spelled as whoever assigned it did. */
  readonly userAssignedIdentities?: Readonly<
    Record<string, { readonly principalId?: string; readonly clientId?: string }>
  >;
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
  return new ResourceManagerCalls(credential, principalIdInHand);
}

class ResourceManagerCalls implements ResourceManager {
  readonly #credential: TokenCredential;
  readonly #principalIdInHand: (tokenScope: string) => string | undefined;
  /** The SDK's client is of one subscription. */
  readonly #clients = new Map<string, Promise<ResourceManagementClient>>();

  constructor(
    credential: TokenCredential,
    principalIdInHand: (tokenScope: string) => string | undefined,
  ) {
    this.#credential = credential;
    this.#principalIdInHand = principalIdInHand;
  }

  async listPage(scope: string, page?: string): Promise<ResourcePage> {
    // The SDK follows any address that it is given; here it is checked before a token is asked for.
    if (page !== undefined) assertNamedHost(page, { hosts: [HOST], target: 'resource-manager' });
    const { subscriptionId, resourceGroup } = parseScope(scope);
    return this.#call(operations.listResources(scope), subscriptionId, async ({ resources }) => {
      const options = { expand: 'createdTime' };
      const list = resourceGroup
        ? resources.listByResourceGroup(resourceGroup, options)
        : resources.list(options);
      const pages = list.byPage(page === undefined ? {} : { continuationToken: page });
      const { value, done } = await pages.next();
      if (done) throw noPage();
      const { continuationToken } = value as typeof value & { continuationToken?: string };
      return { resources: value, ...(continuationToken ? { nextPage: continuationToken } : {}) };
    });
  }

  async probe(scope: string): Promise<Operation> {
    const { subscriptionId, resourceGroup } = parseScope(scope);
    const operation = operations.readScope(scope);
    await this.#call(operation, subscriptionId, async ({ resourceGroups, tagsOperations }) => {
      if (resourceGroup) await resourceGroups.get(resourceGroup);
      else await tagsOperations.getAtScope(scope.slice(1));
    });
    return operation;
  }

  async #call<T>(
    operation: Operation,
    subscriptionId: string,
    run: (client: ResourceManagementClient) => Promise<T>,
  ): Promise<T> {
    try {
      const client = this.#clients.get(subscriptionId) ?? this.#createClient(subscriptionId);
      this.#clients.set(subscriptionId, client);
      return await untilReadable(async () => run(await client));
    } catch (error) {
      throw toAppError(error, operation, this.#principalIdInHand(RESOURCE_MANAGER_SCOPE));
    }
  }

  async #createClient(subscriptionId: string): Promise<ResourceManagementClient> {
    const { ResourceManagementClient } = await import('@azure/arm-resources');
    return new ResourceManagementClient(this.#credential, subscriptionId, {
      retryOptions: { maxRetries: 0 },
      additionalPolicies: azureCallPolicies({
        target: 'resource-manager',
        hosts: [HOST],
        attemptMs: ATTEMPT_MS,
      }),
    });
  }
}

function noPage(): AppError {
  return new AppError({
    code: 'UNEXPECTED',
    target: 'resource-manager',
    message: 'Resource Manager answered without a page.',
    nextStep: 'Report it with the time and this message.',
  });
}

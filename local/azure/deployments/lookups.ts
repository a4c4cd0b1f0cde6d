import { randomUUID } from 'node:crypto';
import type { Resource } from '../resource-manager/resource.ts';
import type { Caller } from '../tokens/tokens.ts';
import { azureCloud } from './azure-cloud.ts';
import type { DeploymentParameter, DeploymentScope, DeploymentTarget } from './deployment.ts';
import { evaluateTree } from './expression/evaluate.ts';
import { type ExpressionScope, PendingLookup } from './expression/expression-scope.ts';
import { fullReference } from './full-reference.ts';
import { notDeployedHere } from './invalid-template.ts';
import type { DeployedValues } from './nested-result.ts';
import { groupNotFound, resourceNotFound, subscriptionNotFound } from './not-found.ts';
import type { OperationLog } from './operations.ts';
import type { GivenParameters } from './parameters.ts';
import { type RunTimeFacts, unreadGroup } from './run-time-facts.ts';
import { scopeIdOf } from './scopes.ts';
import { formatUtc } from './utc-format.ts';

const GROUP_API_VERSION = '2024-11-01';

/**
 * What reference(), list*() and resourceGroup() ask of ARM, as the deployment's caller. Evaluation is
 * synchronous: what is not known yet is thrown as PendingLookup, fetched, and evaluated again.
 */
export class Lookups implements RunTimeFacts {
  readonly #target: DeploymentTarget;
  readonly #caller: Caller;
  readonly #log: OperationLog;
  readonly #startedMs: number;
  readonly #deployed = new Map<string, DeployedValues>();
  readonly #known = new Map<string, unknown>();
  readonly #fetches = new Map<string, () => Promise<unknown>>();
  readonly #underway = new Map<string, Promise<void>>();

  constructor(target: DeploymentTarget, caller: Caller, log: OperationLog) {
    this.#target = target;
    this.#caller = caller;
    this.#log = log;
    this.#startedMs = target.clock.nowMs();
  }

  /** What this deployment has put: referring to it needs no further call. */
  addDeployed(id: string, values: DeployedValues): void {
    this.#deployed.set(id.toLowerCase(), values);
  }

  /** Evaluates, fetching what turns out to be needed. Throws what evaluation or a fetch throws. */
  async resolve<Value>(evaluate: () => Value): Promise<Value> {
    const fetched = new Set<string>();
    for (;;) {
      try {
        return evaluate();
      } catch (error) {
        if (!(error instanceof PendingLookup) || fetched.has(error.key)) throw error;
        fetched.add(error.key);
        await this.#fetch(error.key);
      }
    }
  }

  /** Parameters, with a secret of a vault read when its value is first asked for. */
  withSecrets(parameters: Readonly<Record<string, DeploymentParameter>>): GivenParameters {
    const readValue = (name: string) => this.#parameterValue(name, parameters[name]);
    const lazy = (name: string) => ({
      get value() {
        return readValue(name);
      },
    });
    return Object.fromEntries(Object.keys(parameters).map((name) => [name, lazy(name)]));
  }

  #parameterValue(name: string, parameter: DeploymentParameter | undefined): unknown {
    const reference = parameter?.reference;
    if (reference === undefined) return parameter?.value;
    const read = this.#target.readVaultSecret?.bind(this.#target);
    if (read === undefined) throw notDeployedHere(`The Key Vault reference of parameter '${name}'`);
    const { keyVault, secretName, secretVersion } = reference;
    const key = `secret ${keyVault.id} ${secretName} ${secretVersion ?? ''}`.toLowerCase();
    return this.#lookUp(key, () => read(this.#caller, reference));
  }

  async #fetch(key: string): Promise<void> {
    const start = this.#fetches.get(key);
    if (start === undefined) throw new Error(`nothing fetches ${key}`);
    let underway = this.#underway.get(key);
    if (underway === undefined) {
      underway = start().then((value) => {
        this.#known.set(key, value);
      });
      this.#underway.set(key, underway);
    }
    await underway;
  }

  #lookUp(key: string, fetch: () => Promise<unknown>): unknown {
    if (this.#known.has(key)) return this.#known.get(key);
    this.#fetches.set(key, fetch);
    throw new PendingLookup(key);
  }

  reference(id: string, apiVersion: string, full: string | undefined): unknown {
    const deployed = this.#deployed.get(id.toLowerCase());
    if (deployed)
      return full ? fullReference(deployed.resource, apiVersion) : deployed.resource.properties;
    const resource = this.#lookUp(`get ${id.toLowerCase()} ${apiVersion}`, () =>
      this.#log.read(id, () => this.#get(id, apiVersion)),
    ) as Resource;
    return full ? fullReference(resource, apiVersion) : resource.properties;
  }

  async #get(id: string, apiVersion: string): Promise<Resource> {
    const resource = await this.#target.get(this.#caller, id, apiVersion);
    if (resource === undefined) throw resourceNotFound(id);
    return resource;
  }

  list(functionName: string, id: string, apiVersion: string, body: unknown): unknown {
    const deployed = this.#deployed.get(id.toLowerCase());
    if (deployed?.secureOutputs && /^listOutputsWithSecureValues$/i.test(functionName)) {
      return deployed.secureOutputs;
    }
    const key = `${functionName} ${id.toLowerCase()} ${apiVersion} ${JSON.stringify(body ?? null)}`;
    return this.#lookUp(key, () =>
      this.#target.invoke(this.#caller, id, apiVersion, functionName, body),
    );
  }

  resourceGroup(scope: DeploymentScope): Readonly<Record<string, unknown>> {
    const id = scopeIdOf(scope);
    const key = `group ${id.toLowerCase()}`;
    if (this.#known.has(key)) return this.#known.get(key) as Readonly<Record<string, unknown>>;
    this.#fetches.set(key, () => this.#group(scope, id));
    return unreadGroup(scope, () => ({
      get: () => {
        throw new PendingLookup(key);
      },
    }));
  }

  async #group(scope: DeploymentScope, id: string): Promise<unknown> {
    const group = await this.#target.get(this.#caller, id, GROUP_API_VERSION);
    if (group === undefined) throw groupNotFound(scope.resourceGroup ?? '');
    return {
      id: group.id,
      name: group.name,
      type: 'Microsoft.Resources/resourceGroups',
      location: group.location,
      ...(group.managedBy !== undefined && { managedBy: group.managedBy }),
      tags: group.tags ?? {},
      properties: { provisioningState: 'Succeeded', ...group.properties },
    };
  }

  subscription(scope: DeploymentScope): Readonly<Record<string, unknown>> {
    const { subscriptionId, tenantId } = scope;
    const displayName = this.#target.subscriptionName(subscriptionId);
    if (displayName === undefined) throw subscriptionNotFound(subscriptionId);
    // Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#subscription
    return { id: `/subscriptions/${subscriptionId}`, subscriptionId, tenantId, displayName };
  }

  tenant(scope: DeploymentScope): Readonly<Record<string, unknown>> {
    const { tenantId } = scope;
    // Pretend: the embedded tenant's country and display name.
    return { countryCode: 'US', displayName: 'Local Azure', id: `/tenants/${tenantId}`, tenantId };
  }

  deployer(): unknown {
    const { principalId, tenantId } = this.#caller;
    // Pretend: a caller's token here carries no user principal name, so a person has none either.
    return { objectId: principalId, tenantId, userPrincipalName: '' };
  }

  environment(): unknown {
    return azureCloud;
  }

  /** One moment for the whole deployment. */
  utcNow(format: string | undefined): string {
    return formatUtc(this.#startedMs, format);
  }

  newGuid(): string {
    return randomUUID();
  }

  evaluate(value: unknown, scope: ExpressionScope): unknown {
    return evaluateTree(value, scope);
  }
}

import type { DeploymentScope } from './deployment.ts';
import type { Deferred } from './expression/deferred.ts';
import type { ExpressionScope } from './expression/expression-scope.ts';
import { type Placement, scopeIdOf } from './scopes.ts';
import type { TemplateResource } from './template.ts';

/** One resource to deploy or to read: a template resource, at one turn of its loop. */
export interface ResourceInstance {
  readonly resource: TemplateResource;
  /** From 0; absent outside of a loop. */
  readonly loopIndex?: number;
  /** What its expressions see: copyIndex() of its own turn. */
  readonly scope: ExpressionScope;
  readonly id: string;
  /** Whole name: `vault/secret`. */
  readonly name: string;
  readonly apiVersion: string;
  readonly placement: Placement;
  /** Its condition holds. */
  readonly deployed: boolean;
  /** In a snapshot: a condition that only run time can tell. */
  readonly deferredCondition?: Deferred;
}

/** A resource loop, of any length: what a dependency on the loop's name waits for. */
export interface LoopInstances {
  readonly name: string;
  readonly batchSize?: number;
  readonly instances: readonly ResourceInstance[];
}

/**
 * Finds what `dependsOn`, reference() and list*() name: symbolic names, `symbol[0]`, ids, names and loops.
 * Every look-up is one of a map.
 */
export class TemplateResources {
  readonly instances: readonly ResourceInstance[];
  readonly loops: readonly LoopInstances[];
  readonly #scopeId: string;
  readonly #bySymbol = new Map<string, ResourceInstance>();
  readonly #byId = new Map<string, ResourceInstance>();
  readonly #byName = new Map<string, ResourceInstance[]>();
  readonly #loops = new Map<string, LoopInstances>();

  constructor(
    instances: readonly ResourceInstance[],
    loops: readonly LoopInstances[],
    deployment: DeploymentScope,
  ) {
    this.instances = instances;
    this.loops = loops;
    this.#scopeId = scopeIdOf(deployment);
    for (const instance of instances) this.#index(instance);
    for (const loop of loops) this.#loops.set(loop.name.toLowerCase(), loop);
  }

  #index(instance: ResourceInstance): void {
    const { symbolicName } = instance.resource;
    if (symbolicName !== undefined) {
      const turn = instance.loopIndex === undefined ? '' : `[${instance.loopIndex}]`;
      this.#bySymbol.set(`${symbolicName}${turn}`.toLowerCase(), instance);
    }
    if (instance.id === '') return;
    // Of two with one id (an `existing` one and the real one, or a false condition), the deployed one counts.
    const idKey = instance.id.toLowerCase();
    const known = this.#byId.get(idKey);
    const wins = instance.deployed && !instance.resource.existing;
    if (known === undefined || wins) this.#byId.set(idKey, instance);
    const nameKey = instance.name.toLowerCase();
    const named = this.#byName.get(nameKey);
    if (named) named.push(instance);
    else this.#byName.set(nameKey, [instance]);
  }

  /** By symbolic name, `symbol[0]`, id, `type/name` in the deployment's scope, or name. */
  find(reference: string): ResourceInstance | undefined {
    return this.findAll(reference)[0];
  }

  /** As `find`; several where the template gives one name to resources of several types. */
  findAll(reference: string): readonly ResourceInstance[] {
    const key = reference.toLowerCase();
    const one =
      this.#bySymbol.get(key) ??
      this.#byId.get(key.replace(/\/+$/, '')) ??
      this.#byId.get(`${this.#scopeId}/providers/${reference}`.toLowerCase());
    return one ? [one] : (this.#byName.get(key) ?? []);
  }

  /** The loop of that name: of the `copy`, or the symbolic name of its resource. */
  findLoop(name: string): LoopInstances | undefined {
    return this.#loops.get(name.toLowerCase());
  }
}

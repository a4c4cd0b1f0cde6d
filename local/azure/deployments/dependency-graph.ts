import type { DeploymentContext } from './deployment-scope.ts';
import { Deferred } from './expression/deferred.ts';
import { printDeferred } from './expression/partial.ts';
import { implicitDependencies } from './implicit-dependencies.ts';
import { invalidTemplate } from './invalid-template.ts';
import { shortReference } from './scopes.ts';
import type { LoopInstances, ResourceInstance, TemplateResources } from './template-resources.ts';

/** A resource, or the point at which a whole loop (or a batch of one) is done. */
export interface DependencyNode {
  readonly instance?: ResourceInstance;
  /** Nodes that wait for this one. */
  readonly dependents: DependencyNode[];
  /** How many nodes this one waits for. */
  waitsFor: number;
  /** What it waits for by the template's own words: resources and whole loops. */
  readonly dependencies: (ResourceInstance | LoopInstances)[];
}

export interface DependencyGraph {
  readonly nodes: readonly DependencyNode[];
}

/**
 * Orders the resources of a template: `dependsOn`, implicit dependencies, serial loops.
 * Whole loops are nodes of their own, so the graph grows with the template and not with its square.
 * What depends on a resource whose condition is false doesn't wait for it.
 *
 * @param isComplete false while some resources are not known yet: then an unknown name may be one of those
 * @throws ServiceError 400 `InvalidTemplate` for an unknown name or a circle
 */
export function buildDependencyGraph(
  resources: TemplateResources,
  context: Pick<DeploymentContext, 'place' | 'facts'>,
  isComplete: boolean,
): DependencyGraph {
  const nodes: DependencyNode[] = [];
  const nodeOf = createNodes(resources, nodes);
  const implicitOf = implicitDependencies();
  for (const instance of resources.instances) {
    const node = nodeOf.get(instance);
    if (node === undefined) continue;
    const targets = new Set([
      ...instance.resource.dependsOn.flatMap((text) =>
        explicitTargets(text, instance, resources, context, isComplete),
      ),
      ...implicitOf(instance)
        .flatMap((name) => findTargets(name, resources))
        .filter((target) => target !== instance),
    ]);
    for (const target of targets) {
      const dependency = nodeOf.get(target);
      if (dependency === undefined) continue;
      connect(dependency, node);
      node.dependencies.push(target);
    }
  }
  checkCircles(nodes);
  return { nodes };
}

type NodeMap = ReadonlyMap<ResourceInstance | LoopInstances, DependencyNode>;

function createNodes(resources: TemplateResources, nodes: DependencyNode[]): NodeMap {
  const newNode = (instance?: ResourceInstance): DependencyNode => {
    const node = { dependents: [], waitsFor: 0, dependencies: [], ...(instance && { instance }) };
    nodes.push(node);
    return node;
  };
  const nodeOf = new Map<ResourceInstance | LoopInstances, DependencyNode>();
  for (const instance of resources.instances) {
    if (instance.deployed) nodeOf.set(instance, newNode(instance));
  }
  for (const loop of resources.loops) nodeOf.set(loop, connectLoop(loop, nodeOf, newNode));
  return nodeOf;
}

function connect(dependency: DependencyNode, dependent: DependencyNode): void {
  dependency.dependents.push(dependent);
  dependent.waitsFor += 1;
}

/** The node of a whole loop; in serial mode each batch waits for the one before it. */
function connectLoop(
  loop: LoopInstances,
  nodeOf: NodeMap,
  newNode: () => DependencyNode,
): DependencyNode {
  const batchSize = loop.batchSize ?? loop.instances.length;
  let before: DependencyNode | undefined;
  for (let start = 0; start < loop.instances.length; start += batchSize) {
    const barrier = newNode();
    if (before) connect(before, barrier);
    for (const instance of loop.instances.slice(start, start + batchSize)) {
      const node = nodeOf.get(instance);
      if (node === undefined) continue;
      if (before) connect(before, node);
      connect(node, barrier);
    }
    before = barrier;
  }
  return before ?? newNode();
}

function explicitTargets(
  text: string,
  instance: ResourceInstance,
  resources: TemplateResources,
  { place, facts }: Pick<DeploymentContext, 'place' | 'facts'>,
  isComplete: boolean,
): readonly (ResourceInstance | LoopInstances)[] {
  const value = facts.evaluate(text, instance.scope);
  const name = String(printDeferred(value));
  const targets = findTargets(name, resources);
  if (targets.length > 0 || !isComplete || value instanceof Deferred) return targets;
  // Azure: microsoft/vscode-azurearmtools#493; the address as in today's messages of that kind.
  throw invalidTemplate(
    `The resource '${shortReference(name, place)}' is not defined in the template. Please see https://aka.ms/arm-syntax for usage details.`,
  );
}

function findTargets(
  name: string,
  resources: TemplateResources,
): readonly (ResourceInstance | LoopInstances)[] {
  const loop = resources.findLoop(name);
  return loop ? [loop] : resources.findAll(name);
}

/** Kahn's order; what is left over stands in a circle or behind one. */
function checkCircles(nodes: readonly DependencyNode[]): void {
  const open = new Map(nodes.map((node) => [node, node.waitsFor]));
  const ready = nodes.filter((node) => node.waitsFor === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    open.delete(node);
    for (const dependent of node.dependents) {
      const left = (open.get(dependent) ?? 0) - 1;
      open.set(dependent, left);
      if (left === 0) ready.push(dependent);
    }
  }
  if (open.size === 0) return;
  const id = circleMember(open)?.instance?.id;
  // Azure: polymind-inc/acmebot#1089
  throw invalidTemplate(
    `Circular dependency detected on resource: '${id}'. Please see https://aka.ms/arm-syntax-resources for usage details.`,
  );
}

/** Walking against the arrows among what is left over ends in the circle. */
function circleMember(open: ReadonlyMap<DependencyNode, number>): DependencyNode | undefined {
  const waitsOn = new Map<DependencyNode, DependencyNode>();
  for (const node of open.keys()) {
    for (const dependent of node.dependents) {
      if (open.has(dependent)) waitsOn.set(dependent, node);
    }
  }
  const seen = new Set<DependencyNode>();
  let node = [...open.keys()][0];
  while (node !== undefined && !seen.has(node)) {
    seen.add(node);
    node = waitsOn.get(node);
  }
  // A loop's own node has no id: its neighbour in the circle has.
  while (node !== undefined && node.instance === undefined) node = waitsOn.get(node);
  return node;
}

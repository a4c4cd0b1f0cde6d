import type { DependencyNode } from './dependency-graph.ts';
import type { ResourceInstance } from './template-resources.ts';

/** Azure: as many at once as a template may have. https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-resources */
const MOST_AT_ONCE = 800;

/**
 * Runs every resource as soon as all that it waits for is done. After a failure what waits for the failed one
 * is not started.
 * Pretend: what doesn't wait for it is still started, also later; no source says when ARM stops.
 *
 * @returns the errors, in the order in which they came
 */
export function runInOrder(
  nodes: readonly DependencyNode[],
  run: (instance: ResourceInstance) => Promise<void>,
): Promise<readonly unknown[]> {
  const waitsFor = new Map(nodes.map((node) => [node, node.waitsFor]));
  const ready = nodes.filter((node) => node.waitsFor === 0);
  const errors: unknown[] = [];
  let next = 0;
  let underway = 0;
  const finish = (node: DependencyNode) => {
    for (const dependent of node.dependents) {
      const left = (waitsFor.get(dependent) ?? 0) - 1;
      waitsFor.set(dependent, left);
      if (left === 0) ready.push(dependent);
    }
  };
  return new Promise((resolve) => {
    const proceed = () => {
      while (next < ready.length && underway < MOST_AT_ONCE) {
        const node = ready[next++];
        if (node?.instance === undefined) {
          if (node) finish(node);
          continue;
        }
        underway += 1;
        run(node.instance)
          .then(
            () => finish(node),
            (error: unknown) => errors.push(error),
          )
          .then(() => {
            underway -= 1;
            proceed();
          }, resolve);
      }
      if (underway === 0 && next >= ready.length) resolve(errors);
    };
    proceed();
  });
}

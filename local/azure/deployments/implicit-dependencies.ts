import { evaluate } from './expression/evaluate.ts';
import type { Expression } from './expression/expression.ts';
import type { TemplateResource } from './template.ts';
import { ownBody, visitCalls } from './template-expressions.ts';
import type { ResourceInstance } from './template-resources.ts';

/**
 * What a resource refers to by reference(), references() or list*(): it waits for those, too.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/resource-dependency#reference-and-list-functions
 *
 * @returns for an instance, the names or ids that it refers to, as far as they can be said beforehand
 */
export function implicitDependencies(): (instance: ResourceInstance) => readonly string[] {
  const targetsByResource = new Map<TemplateResource, readonly Expression[]>();
  return (instance) => {
    let targets = targetsByResource.get(instance.resource);
    if (targets === undefined) {
      targets = referencedTargets(instance.resource);
      targetsByResource.set(instance.resource, targets);
    }
    return targets.flatMap((target) => nameOf(target, instance));
  };
}

function referencedTargets(resource: TemplateResource): readonly Expression[] {
  const targets: Expression[] = [];
  visitCalls(ownBody(resource), (call) => {
    const first = call.args[0];
    if (first && call.namespace === undefined && /^(references?$|list)/i.test(call.name)) {
      targets.push(first);
    }
  });
  return targets;
}

/** A target that can't be evaluated alone (inside of a lambda, or of a property's loop) orders nothing. */
function nameOf(target: Expression, instance: ResourceInstance): readonly string[] {
  try {
    const value = evaluate(target, instance.scope);
    return typeof value === 'string' ? [value] : [];
  } catch {
    return [];
  }
}

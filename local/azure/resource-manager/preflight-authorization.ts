import { ServiceError } from '../http/service-error.ts';
import { parseResourceId } from '../resource-id.ts';
import type { Caller } from '../tokens/tokens.ts';
import type { ArmContext } from './arm-context.ts';
import { clientOf } from './authorization.ts';
import { canonicalId } from './canonical-id.ts';
import { actionFor } from './resource-access.ts';

/**
 * Azure: before a deployment starts, ARM checks that its caller may write every resource in the template and
 * refuses the whole with 403 otherwise, so nothing is half done for want of a right.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-template-deployment
 */
export function requireWriteOnAll(
  arm: ArmContext,
  caller: Caller,
  resources: readonly { readonly id: string }[],
): void {
  const problems = resources.flatMap(({ id: text }) => {
    const parsed = parseResourceId(text);
    if (!parsed) return [];
    const id = canonicalId(arm, parsed);
    const action = actionFor(id, 'write');
    const { principalId } = caller;
    const request = { principalId, action, isDataAction: false, scope: id.id };
    if (arm.access.authorize(request).allowed) return [];
    return [
      `Authorization failed for template resource '${id.name}' of type '${id.type}'. ` +
        `The client '${clientOf(arm.directory, caller)}' with object id '${principalId}' does not have ` +
        `permission to perform action '${action}' at scope '${id.id}'.`,
    ];
  });
  if (problems.length === 0) return;
  // Azure says "multiple errors" of a single one too.
  const message = `Deployment failed with multiple errors: '${problems.join(':')}'`;
  throw new ServiceError(403, 'InvalidTemplateDeployment', message, { fromGateway: true });
}

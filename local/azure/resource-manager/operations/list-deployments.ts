import { parseResourceId, sameId } from '../../resource-id.ts';
import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { canonicalScope } from '../canonical-id.ts';
import { requireDeploymentScope } from '../deployment-request.ts';
import { invalidFilter } from '../gateway-errors.ts';
import { renderDeployment } from '../render-deployment.ts';
import { requireSubscription } from '../require-existing.ts';
import { subscriptionOf } from '../scope-parts.ts';

/** Newest first; `$filter=provisioningState eq 'Failed'`, `$top`. */
export const listDeployments: Operation = (arm, { caller, query }, values) => {
  requireSubscription(arm, subscriptionOf(values));
  const scope = canonicalScope(arm, values.scope ?? '');
  requireAction(arm, caller, 'Microsoft.Resources/deployments/read', scope);
  requireDeploymentScope(arm, values);
  const filter = query.get('$filter') ?? '';
  const state = /^\s*provisioningState eq '(\w+)'\s*$/i.exec(filter)?.[1]?.toLowerCase();
  if (filter.trim() !== '' && state === undefined) throw invalidFilter(filter);
  const value = arm.deploymentRecords
    .all()
    .filter((record) => sameId(parseResourceId(record.id)?.scope ?? '', scope))
    .filter((record) => state === undefined || record.state.toLowerCase() === state)
    .sort((left, right) => right.startedMs - left.startedMs)
    .slice(0, Number(query.get('$top')) || undefined)
    .map(renderDeployment);
  return { status: 200, body: { value } };
};

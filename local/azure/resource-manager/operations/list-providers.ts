import type { Operation } from '../arm-context.ts';
import { invalidResourceNamespace } from '../gateway-errors.ts';
import { isKnownNamespace } from '../known-namespaces.ts';
import { listNamespaces, renderNamespace } from '../render-namespace.ts';
import { requireSubscription } from '../require-existing.ts';

/** Pretend: any member of the tenant may read them. */
export const listProviders: Operation = (arm, _request, { subscriptionId }) => {
  requireSubscription(arm, subscriptionId);
  const value = listNamespaces(arm).map((namespace) =>
    renderNamespace(arm, namespace, subscriptionId),
  );
  return { status: 200, body: { value } };
};

/** `az resource show` and generic clients take api-versions from here. */
export const getProvider: Operation = (arm, _request, { subscriptionId, namespace = '' }) => {
  requireSubscription(arm, subscriptionId);
  const known = listNamespaces(arm).find((name) => name.toLowerCase() === namespace.toLowerCase());
  if (!known && !isKnownNamespace(namespace)) throw invalidResourceNamespace(namespace);
  return {
    status: 200,
    body: renderNamespace(arm, known ?? namespace, subscriptionId),
  };
};

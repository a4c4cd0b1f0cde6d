/** The parts of a checked entry of SCAN_SCOPES. */
export interface ScopeParts {
  readonly subscriptionId: string;
  readonly resourceGroup?: string;
}

/** `/subscriptions/{guid}` or `/subscriptions/{guid}/resourceGroups/{name}`, in any case. */
export function parseScope(scope: string): ScopeParts {
  const [, , subscriptionId = '', , resourceGroup] = scope.split('/');
  return { subscriptionId, ...(resourceGroup ? { resourceGroup } : {}) };
}

import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { locations } from '../locations.ts';
import { requireSubscription } from '../require-existing.ts';

/** Source: https://learn.microsoft.com/rest/api/resources/subscriptions/list-locations */
export const listLocations: Operation = (arm, { caller }, { subscriptionId = '' }) => {
  requireSubscription(arm, subscriptionId);
  const scope = `/subscriptions/${subscriptionId}`;
  requireAction(arm, caller, 'Microsoft.Resources/subscriptions/locations/read', scope);
  const value = locations.map(({ name, displayName }) => ({
    id: `${scope}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: displayName,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended' },
  }));
  return { status: 200, body: { value } };
};

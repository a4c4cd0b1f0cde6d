import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import { AmqpError, trackingSuffix } from './amqp-error.ts';
import type { Claims } from './claims.ts';
import type { MessagingNamespace, Right } from './messaging-node.ts';

/** Source: https://learn.microsoft.com/azure/role-based-access-control/permissions/integration, /analytics */
const dataActions: Readonly<Record<MessagingNamespace['service'], Record<Right, string>>> = {
  EventHub: {
    Send: 'Microsoft.EventHub/namespaces/messages/send/action',
    Listen: 'Microsoft.EventHub/namespaces/messages/receive/action',
  },
  ServiceBus: {
    Send: 'Microsoft.ServiceBus/namespaces/messages/send/action',
    Listen: 'Microsoft.ServiceBus/namespaces/messages/receive/action',
  },
};

export interface LinkRequest {
  readonly namespace: MessagingNamespace;
  readonly claims: Claims;
  /** As the client named the node; put tokens are matched with it, and the refusal quotes it. */
  readonly path: string;
  readonly scope: string;
  /** Any one of them is enough. */
  readonly rights: readonly Right[];
}

/**
 * The principal that may do this: one whose token covers the path, and who has the right at the scope.
 * Throws AmqpError `amqp:unauthorized-access` in the service's words. [Azure/azure-event-hubs-python#4]
 */
export function authorizeLink(
  { namespace, claims, path, scope, rights }: LinkRequest,
  { clock, access }: { readonly clock: Clock; readonly access: Access },
): string {
  const nowMs = clock.nowMs();
  for (const { caller } of claims.covering(path, nowMs)) {
    for (const right of rights) {
      const action = dataActions[namespace.service][right];
      const { principalId } = caller;
      const decision = access.authorize({ principalId, action, isDataAction: true, scope });
      if (decision.allowed) return principalId;
    }
  }
  const resource = `sb://${namespace.host}/${path.toLowerCase()}`;
  throw new AmqpError(
    'amqp:unauthorized-access',
    `Unauthorized access. '${rights.join(',')}' claim(s) are required to perform this operation. Resource: '${resource}'. ${trackingSuffix(nowMs)}`,
  );
}

import { AmqpError } from './amqp-error.ts';
import { plain } from './codec/amqp-value.ts';
import type {
  ManagementRequest,
  ManagementResponse,
  MessagingNode,
  Right,
  StagedWork,
} from './messaging-node.ts';
import type { NodeRequest } from './request-node.ts';

interface ManagementCaller {
  readonly connectionId: string;
  readonly closed: AbortSignal;
  /** The principal that has one of the rights on the node. Throws AmqpError. */
  authorize(rights: readonly Right[]): string;
  /** Makes the work a part of the transaction. Throws AmqpError. */
  enlist(transactionId: Buffer, work: StagedWork): void;
}

/** One request to a `$management` node: is there such an operation, may the caller, do it. Throws AmqpError. */
export async function callManagement(
  { properties, body, transactionId }: NodeRequest,
  node: MessagingNode,
  caller: ManagementCaller,
): Promise<ManagementResponse> {
  const { operation } = properties;
  const found =
    typeof operation === 'string' && Object.hasOwn(node.operations ?? {}, operation)
      ? node.operations?.[operation]
      : undefined;
  if (!found) {
    caller.authorize(['Listen', 'Send']);
    throw new AmqpError('amqp:not-implemented', `The operation '${operation}' is not implemented.`);
  }
  const principalId = caller.authorize(found.rights);
  const linkName = plain(properties['associated-link-name']);
  const request: ManagementRequest = {
    operation: String(operation),
    properties,
    body,
    principalId,
    connectionId: caller.connectionId,
    closed: caller.closed,
    ...(typeof linkName === 'string' && { associatedLinkName: linkName }),
  };
  if (!transactionId || found.isReading) return found.handle(request);
  // Pretend: to schedule a message takes part in none, as its number would be given before the commit.
  if (!found.stage) {
    throw new AmqpError('amqp:not-implemented', `'${operation}' takes part in no transactions.`);
  }
  const { response, work } = found.stage(request);
  caller.enlist(transactionId, work);
  return response;
}

import type { ManagementOperation, ManagementRequest, Right } from '../../amqp/messaging-node.ts';

/** What an operation that may be part of a transaction makes of a request. */
interface StagedChange {
  /** Locks or messages that it takes. */
  readonly subjects?: readonly object[];
  /** Throws AmqpError if it cannot be done, or no longer. */
  check(): void;
  apply(): void;
}

/** An operation without an answer of its own, done at once or at the commit of a transaction. */
export interface ChangingOperation extends ManagementOperation {
  change(request: ManagementRequest): StagedChange;
}

/** `change` reads the request and throws AmqpError for what it is not. */
export const changing = (
  rights: readonly Right[],
  change: ChangingOperation['change'],
): ChangingOperation => ({
  rights,
  change,
  handle(request) {
    const { check, apply } = change(request);
    check();
    apply();
    return {};
  },
});

// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/service-bus-transactions.
// Transactions of one connection [AMQP 4]: work is staged with its links, and done at the commit or never.
import { randomBytes } from 'node:crypto';
import { AmqpError, trackingSuffix } from './amqp-error.ts';
import type { StagedWork } from './messaging-node.ts';

/** What a link end adds to the engine's work: how the client hears of the end. */
export interface TransactionPart extends StagedWork {
  /** The session it came by: only compared. */
  readonly session: object;
  /** The transaction is over. */
  onEnd(isCommitted: boolean): void;
}

interface Transaction {
  readonly declaredAtMs: number;
  readonly parts: TransactionPart[];
}

/** Azure: "a two-minute timeout". */
const LIFE_MS = 120_000;
/** Azure: messages sent in one transaction, also in batches, and the words of the refusal [service-bus-quotas]. */
const MAX_SENT = 100;
// Pretend: how many a connection may have open; Azure's number is not known.
const MAX_OPEN = 1000;

export class Transactions {
  readonly #open = new Map<string, Transaction>();

  /** Returns the new transaction's id. Throws AmqpError if too many are open. */
  declare(nowMs: number): Buffer {
    if (this.#open.size >= MAX_OPEN) {
      throw refusal('amqp:resource-limit-exceeded', 'Too many transactions are open.');
    }
    const id = randomBytes(16);
    this.#open.set(keyOf(id), { declaredAtMs: nowMs, parts: [] });
    return id;
  }

  /** Adds what `stage` makes. Throws AmqpError, and what `stage` throws; the transaction goes on then. */
  add(id: Buffer, session: object, stage: () => Omit<TransactionPart, 'session'>): void {
    const { parts } = this.#find(id);
    const part = { ...stage(), session };
    const sentCount = [...parts, part].reduce((sum, { sentCount: sent = 0 }) => sum + sent, 0);
    if (part.sentCount !== undefined && sentCount > MAX_SENT) {
      throw refusal(
        'amqp:resource-limit-exceeded',
        `Cannot send more than ${MAX_SENT} messages in a single transaction.`,
      );
    }
    const taken = new Set(parts.flatMap(({ subjects = [] }) => subjects));
    if (part.subjects?.some((subject) => taken.has(subject))) {
      throw refusal('amqp:not-allowed', 'The transaction has settled this message already.');
    }
    // Azure: one entity, unless all links are on one session [azure-sdk-for-net, EnableCrossEntityTransactions].
    if (parts.some(({ entity }) => entity !== part.entity)) {
      requireOneSession([...parts, part]);
    }
    parts.push(part);
  }

  /** All or nothing. Throws AmqpError if a part can no longer be done; nothing of it is then. */
  commit(id: Buffer): void {
    const { parts } = this.#find(id);
    try {
      for (const part of parts) part.check();
    } catch (error) {
      this.rollBack(id);
      throw error;
    }
    this.#open.delete(keyOf(id));
    for (const part of parts) part.apply();
    // Pretend: each entity is written for itself: a process that is killed between two of them keeps half.
    for (const part of parts) part.finish();
    for (const part of parts) part.onEnd(true);
  }

  /** Throws AmqpError if there is no such transaction. */
  rollBack(id: Buffer): void {
    const { parts } = this.#find(id);
    this.#open.delete(keyOf(id));
    for (const part of parts) part.onEnd(false);
  }

  /** Rolls back what has lived too long. */
  expire(nowMs: number): void {
    for (const [key, { declaredAtMs, parts }] of this.#open) {
      if (nowMs - declaredAtMs < LIFE_MS) return; // In the order of their declaration.
      this.#open.delete(key);
      for (const part of parts) part.onEnd(false);
    }
  }

  #find(id: Buffer): Transaction {
    const transaction = this.#open.get(keyOf(id));
    if (transaction) return transaction;
    throw refusal('amqp:transaction:unknown-id', 'The transaction is not known, or has timed out.');
  }
}

function requireOneSession(parts: readonly TransactionPart[]): void {
  if (parts.every(({ session }) => session === parts[0]?.session)) return;
  throw refusal('amqp:not-allowed', 'A transaction across entities needs links of one session.');
}

const keyOf = (id: Buffer) => id.toString('latin1');
// Pretend: the words, but for those of the limit; conditions are AMQP's [4.5] and what .NET understands.
const refusal = (condition: string, text: string) =>
  new AmqpError(condition, `${text} ${trackingSuffix(Date.now())}`);

export const noTransactionsHere = () =>
  refusal('amqp:not-implemented', 'This node takes part in no transactions.');

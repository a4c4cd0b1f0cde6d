import type { AttachedLink } from '../../amqp/messaging-node.ts';

/** The links of an entity, to end them when it is disabled or deleted. */
export class OpenLinks {
  readonly #links = new Map<AttachedLink, 'Send' | 'Listen'>();

  add(link: AttachedLink, direction: 'Send' | 'Listen'): void {
    this.#links.set(link, direction);
    link.closed.addEventListener('abort', () => this.#links.delete(link), { once: true });
  }

  /** Ends those of one direction, or all. */
  detach(error: { condition: string; message: string }, direction?: 'Send' | 'Listen'): void {
    for (const [link, its] of [...this.#links]) {
      if (direction === undefined || direction === its) link.detach(error);
    }
  }
}

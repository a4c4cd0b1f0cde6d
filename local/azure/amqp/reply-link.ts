import type { MessageSource, OutgoingLink } from './messaging-node.ts';

/** Answers that wait for a client which gives no credit; the oldest is dropped beyond it. */
const MAX_WAITING = 1000;

/** The link on which a client hears the answers of `$cbs` or of a `$management` node. */
export class ReplyLink implements MessageSource {
  readonly #link: OutgoingLink;
  readonly #waiting: Buffer[] = [];

  constructor(link: OutgoingLink) {
    this.#link = link;
  }

  send(message: Buffer): void {
    this.#waiting.push(message);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    this.pump();
  }

  pump(): void {
    while (this.#link.room > 0) {
      const message = this.#waiting.shift();
      if (!message) return;
      this.#link.send(message, { untracked: true });
    }
  }
}

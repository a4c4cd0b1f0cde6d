import type { AttachedLink } from '../amqp/messaging-node.ts';

interface HubLink {
  readonly link: AttachedLink;
  /** Of a reader: its consumer group, lower case. */
  readonly group?: string;
}

/** The links of a hub, so that they end with what they are attached to. */
export class HubLinks {
  readonly #links = new Set<HubLink>();

  add(link: AttachedLink, group?: string): void {
    const entry: HubLink = { link, ...(group !== undefined && { group: group.toLowerCase() }) };
    this.#links.add(entry);
    link.closed.addEventListener('abort', () => this.#links.delete(entry));
  }

  /** Detaches those that fit, with the error. */
  end(
    error: { readonly condition: string; readonly message: string },
    fits: (group: string | undefined) => boolean,
  ): void {
    for (const { link, group } of [...this.#links]) if (fits(group)) link.detach(error);
  }
}

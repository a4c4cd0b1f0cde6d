import type { MessagingNamespace } from './messaging-node.ts';

/** The namespaces of both services that are there: they share one DNS zone, so one name is one of either. */
export class Namespaces {
  readonly #byHost = new Map<string, MessagingNamespace>();
  readonly #added: (() => void)[] = [];
  readonly #removed: ((host: string) => void)[] = [];

  add(namespace: MessagingNamespace): void {
    this.#byHost.set(namespace.host, namespace);
    for (const tell of this.#added) tell();
  }

  onAdded(tell: () => void): void {
    this.#added.push(tell);
  }

  /** Its connections are closed. */
  remove(host: string): void {
    if (!this.#byHost.delete(host.toLowerCase())) return;
    for (const tell of this.#removed) tell(host.toLowerCase());
  }

  onRemoved(tell: (host: string) => void): void {
    this.#removed.push(tell);
  }

  find(host: string): MessagingNamespace | undefined {
    return this.#byHost.get(host.toLowerCase());
  }
}

/** `demo-ns` → `demo-ns.servicebus.windows.net`. */
export const hostOfNamespace = (name: string): string =>
  `${name.toLowerCase()}.servicebus.windows.net`;

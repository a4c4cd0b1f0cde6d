import { join } from 'node:path';
import { type EntityStore, openEntityStore } from './entity-store.ts';
import { noEntityStore } from './no-entity-store.ts';

/** The stores of all queues and topics. */
export class Stores {
  readonly #directory: string | undefined;
  readonly #open = new Set<EntityStore>();
  readonly #dirty = new Set<EntityStore>();
  #isCommitDue = false;

  /** Without a directory nothing is kept. */
  constructor(directory: string | undefined) {
    this.#directory = directory;
  }

  /** `path`: `queues/orders`, lower-case. */
  open(namespaceName: string, path: string): EntityStore {
    if (this.#directory === undefined) return noEntityStore;
    const file = join(this.#directory, namespaceName.toLowerCase(), `${fileName(path)}.messages`);
    const store = openEntityStore(file, () => this.#onDirty(store));
    this.#open.add(store);
    return store;
  }

  /** What changed is on disk afterwards: call it before anybody is told of it. */
  commit(): void {
    for (const store of this.#dirty) {
      store.commit();
      this.#dirty.delete(store);
    }
  }

  close(): void {
    for (const store of this.#open) store.close();
    this.#open.clear();
    this.#dirty.clear();
  }

  /** What nobody waits for, a lock that expired, is written at the end of the turn. */
  #onDirty(store: EntityStore): void {
    this.#dirty.add(store);
    if (this.#isCommitDue) return;
    this.#isCommitDue = true;
    process.nextTick(() => {
      this.#isCommitDue = false;
      this.commit();
    });
  }
}

/** Entity names may have slashes. */
function fileName(path: string): string {
  const [kind = '', ...name] = path.split('/');
  return join(kind, encodeURIComponent(name.join('/')));
}

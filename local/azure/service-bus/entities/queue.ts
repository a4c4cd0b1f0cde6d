import type { QueueSettings } from '../../providers/provider.ts';
import { sessionIdMissing } from '../service-bus-error.ts';
import type { EntityStore } from '../store/entity-store.ts';
import type { EngineParts } from './engine-parts.ts';
import { Intake } from './intake.ts';
import { OpenLinks } from './open-links.ts';
import { QueuePair } from './queue-pair.ts';

/** A queue of a namespace. */
export class Queue {
  /** `ns:Queue:orders`, as error texts call it. */
  readonly tracker: string;
  readonly intake: Intake;
  readonly pair: QueuePair;
  readonly links = new OpenLinks();
  readonly store: EntityStore;
  settings: QueueSettings;

  constructor(settings: QueueSettings, parts: EngineParts) {
    this.settings = settings;
    this.tracker = `${settings.namespaceName}:Queue:${settings.name.toLowerCase()}`;
    const { namespaceName, name } = settings;
    const store = parts.openStore(namespaceName, `queues/${name.toLowerCase()}`);
    this.store = store;
    this.intake = new Intake(settings, {
      ...parts,
      store,
      entity: `Queue: '${this.tracker}'`,
      check: ({ sessionId }) => {
        if (this.settings.requiresSession && sessionId === undefined) throw sessionIdMissing();
      },
      accept: (content) => this.pair.main.enqueue(content),
      schedule: (content, dueMs) => this.pair.main.schedule(content, dueMs).sequenceNumber,
      dispatch: () => this.pair.main.dispatch(),
    });
    this.pair = new QueuePair(settings, { ...parts, store, key: 'main', size: this.intake.size });
  }

  update(settings: QueueSettings): void {
    this.settings = settings;
    this.intake.update(settings);
    this.pair.update(settings);
  }
}

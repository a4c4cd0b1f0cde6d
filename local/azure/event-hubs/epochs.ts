// Who may read a partition in a consumer group: owner levels ("epochs").
// Source: https://learn.microsoft.com/azure/event-hubs/event-hubs-event-processor-host#epoch; texts: troubleshooting
// guide of azure-sdk-for-java, mock hub of azure-sdk-for-js.
import type { OutgoingLink } from '../amqp/messaging-node.ts';
import type { Refuse } from './event-hubs-error.ts';

const EPOCH = 'com.microsoft:epoch';
const RECEIVER_NAME = 'com.microsoft:receiver-name';
/** Source: quotas of Event Hubs (non-epoch receivers of a consumer group, per partition). */
const MAX_RECEIVERS = 5;

interface Reader {
  readonly link: OutgoingLink;
  readonly name: string;
  /** Absent: it shares the partition. */
  readonly epoch?: number;
}

/** The readers of one partition in one consumer group. */
export class Epochs {
  readonly #readers = new Set<Reader>();

  /** Lets the link read, putting out whom it outranks; returns what gives its place back. Throws AmqpError. */
  enter(link: OutgoingLink, refuse: Refuse): () => void {
    const reader = toReader(link);
    const { epoch } = reader;
    const highest = Math.max(-1, ...[...this.#readers].map((other) => other.epoch ?? -1));
    if (epoch === undefined) this.#assertShared(highest, refuse);
    else {
      if (epoch < highest) throw this.#outranked(reader, highest, refuse);
      this.#putOut(reader, epoch, refuse);
    }
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  #assertShared(highest: number, refuse: Refuse): void {
    if (highest >= 0) {
      throw refuse(
        'amqp:link:stolen',
        `At least one receiver for the endpoint is created with epoch of '${highest}', and so non-epoch receiver is not allowed. Either reconnect with a higher epoch, or make sure all epoch receivers are closed or disconnected.`,
      );
    }
    if (this.#readers.size < MAX_RECEIVERS) return;
    const names = [...this.#readers].map(({ name }) => name).join(', ');
    throw refuse(
      'amqp:resource-limit-exceeded',
      `Exceeded the maximum number of allowed receivers per partition in a consumer group which is ${MAX_RECEIVERS}. List of connected receivers - ${names}.`,
    );
  }

  #outranked({ name, epoch }: Reader, highest: number, refuse: Refuse) {
    const holder = [...this.#readers].find((other) => other.epoch === highest);
    return refuse(
      'amqp:link:stolen',
      `Receiver '${holder?.name ?? 'nil'}' with a higher epoch '${highest}' already exists. Receiver '${name}' with epoch ${epoch} cannot be created. Make sure you are creating receiver with increasing epoch value to ensure connectivity, or ensure all old epoch receivers are closed or disconnected.`,
    );
  }

  #putOut({ name }: Reader, epoch: number, refuse: Refuse): void {
    for (const other of [...this.#readers]) {
      this.#readers.delete(other);
      other.link.detach(
        refuse(
          'amqp:link:stolen',
          `New receiver '${name}' with higher epoch of '${epoch}' is created hence current receiver '${other.name}' with epoch '${other.epoch ?? ''}' is getting disconnected. If you are recreating the receiver, make sure a higher epoch is used.`,
        ),
      );
    }
  }
}

function toReader(link: OutgoingLink): Reader {
  const epoch = link.properties[EPOCH];
  const name = link.properties[RECEIVER_NAME];
  return {
    link,
    name: typeof name === 'string' ? name : 'nil',
    ...(typeof epoch === 'number' && { epoch }),
  };
}

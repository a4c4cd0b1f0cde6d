import { toResourceEvent } from '../inventory/resource-event.ts';
import { type Log, printable } from '../log.ts';
import type { Finding } from '../scan/finding.ts';
import { type Channel, publish } from './publish.ts';
import { toMessage } from './to-message.ts';

/** What is underway for as many as there are new would be in memory at once, in half a dozen forms. */
const AT_ONCE = 100;

/**
 * Hands findings on to the hub and the topic. Whoever calls it again for the same findings sends the same messages,
 * so a repetition has no effect. Throws AppError unless both took all; one that is too large is told of and left out.
 */
export async function publishFindings(
  findings: readonly Finding[],
  channels: readonly Channel[],
  log: Log,
): Promise<void> {
  for (let first = 0; first < findings.length; first += AT_ONCE) {
    const messages = findings.slice(first, first + AT_ONCE).map((finding) => {
      const event = toResourceEvent(finding);
      return toMessage(event, JSON.stringify(event));
    });
    await publish(messages, channels, {
      onTooLarge: ({ eventId }, channel) =>
        log.error(
          `The finding ${printable(eventId)} is too large for ${channel}: it was left out.`,
        ),
    });
  }
}

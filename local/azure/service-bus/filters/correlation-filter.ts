import type { FilterValue } from './filter-value.ts';
import { compareValues } from './filter-value.ts';
import type { MessageProperties } from './message-properties.ts';

/** System properties by their .NET name, and application properties. At least one in all. */
export interface CorrelationFilter {
  readonly system: Readonly<Partial<Record<CorrelationName, string>>>;
  readonly properties: ReadonlyMap<string, FilterValue>;
}

/** In the order in which `$management` lists them [service-bus-amqp-request-response]. */
export const correlationNames = [
  'correlationId',
  'messageId',
  'to',
  'replyTo',
  'label',
  'sessionId',
  'replyToSessionId',
  'contentType',
] as const;
export type CorrelationName = (typeof correlationNames)[number];

/** All must be equal; strings compare with case. Source: topic-filters. */
export function matchesCorrelation(filter: CorrelationFilter, message: MessageProperties): boolean {
  const { system, properties } = filter;
  for (const name of correlationNames) {
    const wanted = system[name];
    if (wanted !== undefined && message.system(name) !== wanted) return false;
  }
  for (const [name, wanted] of properties) {
    if (compareValues(message.user(name), wanted) !== 0) return false;
  }
  return true;
}

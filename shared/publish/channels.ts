import type { Services } from '../services.ts';
import type { Channel } from './publish.ts';

export const destinations = ['eventhub', 'servicebus', 'both'] as const;
export type Destination = (typeof destinations)[number];

type Needed = Pick<Services, 'settings' | 'eventHub' | 'serviceBus'>;

/** The event hub, the topic or both. Throws CONFIG_INVALID that names every setting that is missing for them. */
export function channelsFor(destination: Destination, services: Needed): readonly Channel[] {
  const { settings } = services;
  const hub = ['EVENT_HUBS_NAMESPACE', 'EVENT_HUB'] as const;
  const topic = ['SERVICE_BUS_NAMESPACE', 'SERVICE_BUS_TOPIC'] as const;
  const toHub = destination !== 'servicebus';
  const toTopic = destination !== 'eventhub';
  settings.need(...(toHub ? hub : []), ...(toTopic ? topic : []), 'IDENTITY_KIND');
  return [...(toHub ? [hubChannel(services)] : []), ...(toTopic ? [topicChannel(services)] : [])];
}

function hubChannel({ eventHub }: Needed): Channel {
  return { name: 'eventhub', prepare: (messages) => eventHub.prepare(messages) };
}

function topicChannel({ settings, serviceBus }: Needed): Channel {
  const { SERVICE_BUS_TOPIC } = settings.need('SERVICE_BUS_TOPIC');
  return {
    name: 'servicebus',
    prepare: (messages) => serviceBus.prepare(SERVICE_BUS_TOPIC, messages),
  };
}

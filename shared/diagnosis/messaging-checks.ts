import type { Services } from '../services.ts';
import type { SettingValues } from '../settings.ts';
import type { Check } from './diagnose.ts';
import { subjectOf } from './subject-of.ts';

type Name = Extract<keyof SettingValues, `SERVICE_BUS_${string}` | `EVENT_HUB${string}`>;

/** None where messaging is off. Sending is tried by attaching, receiving by a look at what waits. The triggers' rights too. */
export function messagingChecks(services: Services): Check[] {
  const { settings } = services;
  if (!settings.isMessagingOn) return [];
  const address = (...names: Name[]) =>
    subjectOf(() => {
      const values = settings.need(...names);
      return `sb://${names.map((name) => values[name]).join('/')}`;
    });
  const send = (
    name: 'SERVICE_BUS_TOPIC' | 'SERVICE_BUS_REQUEST_QUEUE' | 'SERVICE_BUS_REJECTED_QUEUE',
  ): Check => ({
    target: 'service-bus',
    ...address('SERVICE_BUS_NAMESPACE', name),
    probe: async () => {
      const entity = settings.need('SERVICE_BUS_NAMESPACE', name)[name];
      return services.serviceBus.probeSend(entity);
    },
  });
  return [
    {
      target: 'event-hubs',
      ...address('EVENT_HUBS_NAMESPACE', 'EVENT_HUB'),
      probe: async () => services.eventHub.probe(),
    },
    {
      target: 'event-hubs',
      ...address('EVENT_HUBS_NAMESPACE', 'EVENT_HUB'),
      probe: async () => services.eventHub.probeReceive(),
    },
    send('SERVICE_BUS_TOPIC'),
    send('SERVICE_BUS_REQUEST_QUEUE'),
    {
      target: 'service-bus',
      ...address('SERVICE_BUS_NAMESPACE', 'SERVICE_BUS_REQUEST_QUEUE'),
      probe: async () => {
        const needed = settings.need('SERVICE_BUS_NAMESPACE', 'SERVICE_BUS_REQUEST_QUEUE');
        return services.serviceBus.probeReceiveFromQueue(needed.SERVICE_BUS_REQUEST_QUEUE);
      },
    },
    send('SERVICE_BUS_REJECTED_QUEUE'),
    {
      target: 'service-bus',
      ...address('SERVICE_BUS_NAMESPACE', 'SERVICE_BUS_TOPIC', 'SERVICE_BUS_SUBSCRIPTION'),
      probe: async () => {
        const needed = settings.need('SERVICE_BUS_TOPIC', 'SERVICE_BUS_SUBSCRIPTION');
        const { SERVICE_BUS_TOPIC: topic, SERVICE_BUS_SUBSCRIPTION: subscription } = needed;
        return services.serviceBus.probeReceive(topic, subscription);
      },
    },
  ];
}

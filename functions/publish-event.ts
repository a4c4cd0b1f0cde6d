import { app } from '@azure/functions';
import { readEvents } from '../shared/cloud-event/read-events.ts';
import { assertKnownQuery, inputInvalid } from '../shared/input.ts';
import { channelsFor, destinations } from '../shared/publish/channels.ts';
import { publish } from '../shared/publish/publish.ts';
import { toMessage } from '../shared/publish/to-message.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** POST /api/events[?to=eventhub|servicebus|both]: one CloudEvent or an array; answers which were taken where. */
export const publishEvent: Answer = async (request, services) => {
  assertKnownQuery(request.url, ['to']);
  const to = request.query.get('to') ?? 'both';
  const destination = destinations.find((known) => known === to);
  if (!destination) throw inputInvalid('to', `must be ${destinations.join(', ')}`);
  const events = await readEvents(request);
  const messages = events.map(({ event, text }) => toMessage(event, text));
  const accepted = await publish(messages, channelsFor(destination, services));
  return {
    accepted: Object.fromEntries(
      Object.entries(accepted).map(([channel, ids]) => [channel, { count: ids.length, ids }]),
    ),
  };
};

app.http('publishEvent', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'events',
  handler: httpHandler(publishEvent),
});

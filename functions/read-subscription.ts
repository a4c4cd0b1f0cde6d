import { app } from '@azure/functions';
import { assertKnownQuery, inputInvalid, readCount } from '../shared/input.ts';
import { parseSubscriptionName } from '../shared/setting-rules.ts';
import { type Answer, httpHandler } from './http-handler.ts';

const DEFAULT_MAX = 20;

/** GET /api/subscriptions/{name}/messages[?max=…][&deadLetter=true]: what waits in it, left where it is. */
export const readSubscription: Answer = async ({ params, query, url }, services) => {
  assertKnownQuery(url, ['max', 'deadLetter']);
  const name = parseSubscriptionName(params.name ?? '');
  if ('complaint' in name) throw inputInvalid('name', name.complaint);
  const max = readCount('max', query.get('max'), { fallback: DEFAULT_MAX, largest: 100 });
  const deadLetter = readFlag(query.get('deadLetter'));
  const { SERVICE_BUS_TOPIC } = services.settings.need(
    'SERVICE_BUS_NAMESPACE',
    'SERVICE_BUS_TOPIC',
    'IDENTITY_KIND',
  );
  const { serviceBus } = services;
  const messages = await serviceBus.peek(SERVICE_BUS_TOPIC, name.value, { max, deadLetter });
  return { topic: SERVICE_BUS_TOPIC, subscription: name.value, deadLetter, messages };
};

function readFlag(text: string | null): boolean {
  if (text !== null && text !== 'true' && text !== 'false') {
    throw inputInvalid('deadLetter', 'must be true or false');
  }
  return text === 'true';
}

app.http('readSubscription', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'subscriptions/{name}/messages',
  handler: httpHandler(readSubscription),
});

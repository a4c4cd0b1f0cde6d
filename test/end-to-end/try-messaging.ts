import assert from 'node:assert/strict';
import { RESOURCE_CREATED } from '../../shared/inventory/resource-event.ts';
import type { Answer, AppProcess } from './start-deployed-app.ts';

export const messagingWorks = {
  requestScan: 'works',
  'publishEvent to the hub': 'works',
  'publishEvent to the topic': 'works',
  'readSubscription inventory': 'works',
  'readSubscription vaults': 'works',
  scanOnRequest: 'works',
  archiveEvents: 'works',
  recordResource: 'works',
};

type Outcomes = Record<keyof typeof messagingWorks, string>;

/**
 * Every function of messaging, by name: `works`, or code and target of its refusal. Of one that a message triggers also
 * `not listening`, where the host may not receive, and `not triggered`, where nothing could be sent.
 */
export async function tryMessaging(app: AppProcess): Promise<Outcomes> {
  const from = app.output().length;
  const asked = told(await app.post('/api/scans'));
  const hub = told(await app.post('/api/events?to=eventhub', event('com.example.hub')));
  const topic = told(await app.post('/api/events?to=servicebus', event(RESOURCE_CREATED)));
  return {
    requestScan: asked,
    'publishEvent to the hub': hub,
    'publishEvent to the topic': topic,
    'readSubscription inventory': told(await app.get('/api/subscriptions/inventory/messages')),
    'readSubscription vaults': told(await app.get('/api/subscriptions/vaults/messages')),
    scanOnRequest: await triggered(app, 'scanOnRequest', asked, from),
    archiveEvents: await triggered(app, 'archiveEvents', hub, from),
    recordResource: await triggered(app, 'recordResource', topic, from),
  };
}

/** Of a resource that is none: recordResource puts it aside. */
function event(type: string): unknown {
  return {
    specversion: '1.0',
    id: crypto.randomUUID(),
    source: 'urn:test:end-to-end',
    type,
    datacontenttype: 'application/json',
    data: { tried: true },
  };
}

function told({ status, body }: Answer): string {
  return status < 300 ? 'works' : `${body.code} (${body.target})`;
}

async function triggered(
  app: AppProcess,
  name: string,
  sent: string,
  from: number,
): Promise<string> {
  if (sent !== 'works') return 'not triggered';
  const listener = `The listener for function 'Functions\\.${name}' `;
  const states = new RegExp(`${listener}(was unable to start|listens again)`, 'g');
  const isDeaf = () => [...app.output().matchAll(states)].at(-1)?.[1] === 'was unable to start';
  if (isDeaf()) return 'not listening';
  const end = new RegExp(
    `Executed 'Functions\\.${name}' \\((Succeeded|Failed)|${listener}was unable to start`,
  );
  const [line, outcome] = await app.printed(end, from);
  if (outcome === 'Succeeded') return 'works';
  if (outcome === undefined) return 'not listening';
  const log = app.output().slice(from);
  const refusal = /^\[\S+\] ([A-Z_]+ \([a-z-]+\)):/m.exec(log.slice(0, log.indexOf(line)))?.[1];
  assert.ok(refusal, `${name} says why it failed`);
  return refusal;
}

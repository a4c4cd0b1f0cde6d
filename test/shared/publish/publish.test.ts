import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CloudEvent } from '../../../shared/cloud-event/cloud-event.ts';
import { AppError } from '../../../shared/errors.ts';
import { errorResponse } from '../../../shared/http-response.ts';
import { toResourceEvent } from '../../../shared/inventory/resource-event.ts';
import type { OutgoingMessage } from '../../../shared/messaging/outgoing-message.ts';
import { type Channel, publish } from '../../../shared/publish/publish.ts';
import { publishFindings } from '../../../shared/publish/publish-findings.ts';
import { messageIdOf, toMessage } from '../../../shared/publish/to-message.ts';
import { toFinding } from '../../../shared/scan/finding.ts';

const EVENT: CloudEvent = { id: 'a', source: '/S', type: 't' };
const messages = ['a', 'b', 'c'].map((id) => toMessage({ ...EVENT, id }, '{}'));
const refused = new AppError({
  code: 'ACCESS_DENIED',
  target: 'service-bus',
  message: 'no',
  nextStep: 'none',
  access: { action: 'send', scope: 'sb://x' },
});

interface Behaviour {
  readonly refuses?: 'the link' | 'the second batch';
  readonly tooLarge?: readonly string[];
}

/** Takes one message a batch. */
function channel(name: Channel['name'], { refuses, tooLarge = [] }: Behaviour = {}) {
  const sent: OutgoingMessage[] = [];
  const prepare: Channel['prepare'] = async (all) => {
    if (refuses === 'the link') throw refused;
    const isTooLarge = ({ eventId }: OutgoingMessage) => tooLarge.includes(eventId);
    return {
      tooLarge: all.filter(isTooLarge),
      async send(onAccepted) {
        for (const message of all.filter((one) => !isTooLarge(one))) {
          if (refuses === 'the second batch' && sent.length === 1) throw refused;
          sent.push(message);
          onAccepted([message]);
        }
      },
    };
  };
  return { name, prepare, sent };
}

describe('publishing to both', () => {
  it('tells which ids each has taken', async () => {
    const accepted = await publish(messages, [channel('eventhub'), channel('servicebus')]);
    assert.deepEqual(accepted, { eventhub: ['a', 'b', 'c'], servicebus: ['a', 'b', 'c'] });
  });

  it('sends nothing to one if the other refuses the link', async () => {
    const hub = channel('eventhub');
    const topic = channel('servicebus', { refuses: 'the link' });
    await assert.rejects(publish(messages, [hub, topic]), { code: 'ACCESS_DENIED' });
    assert.deepEqual(hub.sent, []);
  });

  it('sends nothing at all if one event is too large for one, and names it: 413', async () => {
    const hub = channel('eventhub');
    const topic = channel('servicebus', { tooLarge: ['b'] });
    const error = await publish(messages, [hub, topic]).catch((thrown: AppError) => thrown);
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'INPUT_INVALID');
    assert.match(error.message, /^The event b is larger than Service Bus takes/);
    assert.equal(errorResponse(error).status, 413);
    assert.deepEqual([...hub.sent, ...topic.sent], []);
  });

  it('tells what was taken before one of them failed, as it tells of the failure', async () => {
    const hub = channel('eventhub');
    const topic = channel('servicebus', { refuses: 'the second batch' });
    const error = await publish(messages, [hub, topic]).catch((thrown: AppError) => thrown);
    assert.ok(error instanceof AppError);
    assert.deepEqual(error.accepted, { eventhub: ['a', 'b', 'c'], servicebus: ['a'] });
    const { status, body } = errorResponse(error);
    assert.equal(status, 403);
    assert.deepEqual(JSON.parse(String(body)).accepted, error.accepted);
    assert.equal(JSON.parse(String(body)).scope, 'sb://x');
  });
});

describe('findings', () => {
  const finding =
    toFinding({
      id: '/subscriptions/s/resourceGroups/Rg/providers/Microsoft.Web/sites/x',
      type: 'Microsoft.Web/sites',
      location: 'westeurope',
      createdTime: new Date('2026-11-24T11:20:15Z'),
    }) ?? assert.fail();

  it('go as events under their event id, with what filters ask for and the key of their group', async () => {
    const hub = channel('eventhub');
    await publishFindings([finding], [hub], { info() {}, warn() {}, error() {} });
    const [message] = hub.sent;
    const event = toResourceEvent(finding);
    assert.equal(message?.messageId, finding.eventId);
    assert.equal(message?.partitionKey, event.partitionkey);
    assert.equal(message?.contentType, 'application/cloudevents+json');
    assert.deepEqual(JSON.parse(message?.body.toString() ?? ''), event);
    assert.deepEqual(message?.properties, {
      eventType: 'azure-managed-identities.resource.created',
      eventSource: '/subscriptions/s',
      resourceType: 'Microsoft.Web/sites',
      resourceGroup: 'Rg',
      location: 'westeurope',
    });
  });

  it('[28] leave out one that is too large, and say which', async () => {
    const hub = channel('eventhub', { tooLarge: [finding.eventId] });
    const lines: string[] = [];
    const other = { ...finding, eventId: 'other' };
    await publishFindings([finding, other], [hub], {
      info() {},
      warn() {},
      error: (line) => lines.push(line),
    });
    assert.deepEqual(
      hub.sent.map(({ eventId }) => eventId),
      ['other'],
    );
    assert.ok(lines.length === 1 && lines[0]?.includes(finding.eventId));
  });

  it('go some at a time, all of them in their order', async () => {
    const hub = channel('eventhub');
    const counts: number[] = [];
    const counting: Channel = {
      name: 'eventhub',
      prepare(all) {
        counts.push(all.length);
        return hub.prepare(all);
      },
    };
    const ids = Array.from({ length: 250 }, (_, index) => String(index));
    const findings = ids.map((eventId) => ({ ...finding, eventId }));
    await publishFindings(findings, [counting], { info() {}, warn() {}, error() {} });
    assert.deepEqual(counts, [100, 100, 50]);
    assert.deepEqual(
      hub.sent.map(({ eventId }) => eventId),
      ids,
    );
  });
});

describe('the message id', () => {
  it("is the event's id while Azure takes it", () => {
    const id = 'x'.repeat(128);
    assert.equal(messageIdOf({ ...EVENT, id }), id);
  });

  it('is a UUIDv5 of source, subject and id when that is longer: the same without case of the first two', () => {
    const id = 'x'.repeat(129);
    const long = messageIdOf({ ...EVENT, id, subject: '/R' });
    assert.match(long, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(messageIdOf({ ...EVENT, id, source: '/s', subject: '/r' }), long);
    const others = [
      { ...EVENT, id: `${id}y`, subject: '/R' },
      { ...EVENT, id, subject: '/Q' },
      { ...EVENT, id, source: '/t', subject: '/R' },
      { ...EVENT, id: id.toUpperCase(), subject: '/R' },
    ];
    for (const other of others) assert.notEqual(messageIdOf(other), long);
  });
});

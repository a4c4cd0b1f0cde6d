// Faults on demand at AMQP frames (rows 26, 27, 29), seen by the unmodified SDK.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs';
import type { FaultOrder } from '../../../../local/azure/faults/fault.ts';
import { bodiesOf, publish, read } from '../event-hubs/publish-and-read.ts';
import { HOST, hubId, noRetries, OWNER, useEventHub } from '../event-hubs/use-event-hub.ts';
import { connectRaw } from './raw-client.ts';

const { azure, putHub, identityWith, closeLater } = await useEventHub();
afterEach(() => azure.faults.clear());

let count = 0;
function openHub(maxRetries: number, timeoutInMs = 1000) {
  const name = `faulty-${count++}`;
  putHub(name, { partitionCount: 1 });
  const { credential } = identityWith([OWNER, hubId(name)]);
  const retryOptions = { maxRetries, retryDelayInMs: 20, maxRetryDelayInMs: 20, timeoutInMs };
  const options = { ...noRetries, retryOptions };
  const consumer = closeLater(
    new EventHubConsumerClient('$Default', HOST, name, credential, options),
  );
  return {
    name,
    producer: closeLater(new EventHubProducerClient(HOST, name, credential, options)),
    bodies: async (expected: number) =>
      bodiesOf(await read(consumer, expected, { partitionId: '0' })),
  };
}

const arm = (operation: string, fault: FaultOrder['fault'], more: Partial<FaultOrder> = {}) =>
  azure.faults.arm({ door: 'messaging', operation, fault, ...more });
const busy = { kind: 'status', status: 503 } as const;

describe('a sender', () => {
  it('[27] is told that the hub is busy, and succeeds when it is not', async () => {
    const { name, producer, bodies } = openHub(0);
    await publish(producer, ['first']);
    arm(`TRANSFER ${name}`, busy);
    await assert.rejects(publish(producer, ['x']), {
      code: 'ServerBusyError',
      message: /Error code : 50002\. Please wait 4 seconds and try again\. TrackingId:/,
    });
    await publish(producer, ['second']);
    assert.deepEqual(await bodies(2), ['first', 'second']);
  });

  it('[26] whose attach is refused once sends by itself', async () => {
    const { name, producer, bodies } = openHub(2);
    arm(`ATTACH ${name}`, busy);
    await publish(producer, ['x']);
    assert.deepEqual(await bodies(1), ['x']);
    const faults = azure.journal.since().filter((entry) => entry.kind === 'fault');
    assert.deepEqual(faults.map(({ operation }) => operation).slice(-1), [`ATTACH ${name}`]);
  });

  for (const afterwards of ['fin', 'rst'] as const) {
    it(`[26] that is cut off before its disposition (${afterwards}) sends again: twice in the hub`, async () => {
      const { name, producer, bodies } = openHub(3);
      await publish(producer, ['first']);
      arm(`TRANSFER ${name}`, { kind: 'cutResponse', atPercent: 0, afterwards });
      await publish(producer, ['x']);
      assert.deepEqual(await bodies(3), ['first', 'x', 'x']);
    });

    it(`[26] that is cut off before it is heard (${afterwards}) sends again: once in the hub`, async () => {
      const { name, producer, bodies } = openHub(3);
      await publish(producer, ['first']);
      arm(`TRANSFER ${name}`, { kind: 'cutRequest', atPercent: 0, afterwards });
      await publish(producer, ['x']);
      await publish(producer, ['last']);
      assert.deepEqual(await bodies(3), ['first', 'x', 'last']);
    });
  }

  it('[26] whose disposition comes late waits for it', async () => {
    const { name, producer, bodies } = openHub(0);
    await publish(producer, ['first']);
    arm(`TRANSFER ${name}`, { kind: 'slow', delayMs: 200 });
    const start = performance.now();
    await publish(producer, ['x']);
    assert.ok(performance.now() - start > 190);
    assert.deepEqual(await bodies(2), ['first', 'x']);
  });

  it('[29] meets silence behind the connection', async () => {
    arm('OPEN *', { kind: 'hang' });
    const client = connectRaw(azure, HOST).then(() => 'opened');
    const silence = new Promise<string>((resolve) => setTimeout(resolve, 200, 'silence'));
    assert.equal(await Promise.race([client, silence]), 'silence');
    await azure.closeDoor('messaging');
    await azure.openDoor('messaging');
  });
});

describe('a reader', () => {
  it('[26] that is detached in the middle goes on where it was', async () => {
    const { name, producer, bodies } = openHub(3);
    await publish(producer, ['a', 'b']);
    arm(`FLOW ${name}/ConsumerGroups/*`, { kind: 'status', status: 410 });
    assert.deepEqual((await bodies(2)).slice(-2), ['a', 'b']);
  });
});

describe('put-token', () => {
  it('that is never answered is given up', async () => {
    const { producer } = openHub(0, 400);
    arm('TRANSFER $cbs', { kind: 'hang' });
    await assert.rejects(publish(producer, ['x']), /tim/i);
  });
});

// The Event Hubs trigger on the embedded broker and its checkpoints in host storage.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostProcess } from './host-process.ts';
import { HUB, HUB_HOST, runsOf, useMessagingAzure } from './messaging-azure.ts';

const { azure, producer, checkpoints, identity, grantHub, grantStorage, startHost } =
  await useMessagingAzure();
const PREFIX = `${HUB_HOST}/${HUB}`;

const sendTo = (partitionId: string, bodies: readonly unknown[]) =>
  producer.sendBatch(
    bodies.map((body) => ({ body, properties: { Kind: 'test' } })),
    { partitionId },
  );

async function readBlobs(prefix: string): Promise<Record<string, Record<string, string>>> {
  const found: Record<string, Record<string, string>> = {};
  for await (const blob of checkpoints.listBlobsFlat({ prefix, includeMetadata: true })) {
    found[blob.name.slice(prefix.length)] = blob.metadata ?? {};
  }
  return found;
}

/** Resolves when a checkpoint has been written. */
const checkpointed = (partitionId: string, since: number, group = '$default') =>
  azure.journal.waitFor(
    `a checkpoint of partition ${partitionId}`,
    (entry) =>
      entry.kind === 'request' &&
      entry.method === 'PUT' &&
      entry.status < 300 &&
      decodeURIComponent(entry.target).includes(`/${group}/checkpoint/${partitionId}`),
    { since, timeoutMs: 10_000 },
  );

const bodiesOf = (host: HostProcess, name: string) =>
  runsOf(host, name).flatMap(({ body }) => body as unknown[]);

const rights = () => {
  const undo = [grantHub(), grantStorage()];
  return () => {
    for (const step of undo) step();
  };
};

describe('a hub trigger', () => {
  it('22, 23: gives batches with their metadata, from the earliest, and keeps a checkpoint', async () => {
    const takeBack = rights();
    await sendTo('0', [{ n: 1 }, { n: 2 }]);
    const since = azure.journal.position;
    const host = await startHost(['onEvents']);
    await host.printed(/onEvents ended with .*"n":2/);
    const [run] = runsOf(host, 'onEvents');
    assert.deepEqual(run?.body, [{ n: 1 }, { n: 2 }]);
    const metadata = run?.triggerMetadata ?? {};
    const context = {
      isCheckpointingAfterInvocation: true,
      fullyQualifiedNamespace: HUB_HOST,
      eventHubName: HUB,
      consumerGroup: '$Default',
      partitionId: '0',
    };
    assert.deepEqual(metadata.partitionContext, context);
    assert.deepEqual(metadata.triggerPartitionContext, context);
    assert.deepEqual(metadata.partitionKeyArray, []);
    assert.deepEqual(metadata.propertiesArray, [{ kind: 'test' }, { kind: 'test' }]);
    assert.deepEqual(metadata.sequenceNumberArray, [
      { low: 0, high: 0, unsigned: false },
      { low: 1, high: 0, unsigned: false },
    ]);
    const [first] = metadata.systemPropertiesArray as Record<string, unknown>[];
    const [enqueuedTimeUtc] = metadata.enqueuedTimeUtcArray as string[];
    assert.equal(first?.['x-opt-sequence-number'], 0);
    assert.equal(first?.['x-opt-enqueued-time'], `${enqueuedTimeUtc}+00:00`);
    assert.equal(first?.sequenceNumber, 0);
    assert.equal(first?.partitionKey, null);
    assert.equal(first?.enqueuedTimeUtc, enqueuedTimeUtc);
    assert.match(String(enqueuedTimeUtc), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/);
    await host.printed(
      /Trigger Details: PartionId: 0, Offset: .*-.*, SequenceNumber: 0-1, Count: 2/,
    );

    await checkpointed('0', since);
    const written = await readBlobs(`${PREFIX}/$default/checkpoint/`);
    assert.deepEqual(written, {
      0: { sequencenumber: '1', offset: String((metadata.offsetStringArray as unknown[])[1]) },
    });
    const owners = await readBlobs(`${PREFIX}/$default/ownership/`);
    assert.deepEqual(Object.keys(owners), ['0', '1']);
    assert.equal(new Set(Object.values(owners).map(({ ownerid }) => ownerid)).size, 1);
    await host.stop();
    const released = await readBlobs(`${PREFIX}/$default/ownership/`);
    assert.deepEqual(
      Object.values(released).map(({ ownerid }) => ownerid || ''),
      ['', ''],
    );
    takeBack();
  });

  it('goes on from its checkpoint', async () => {
    const takeBack = rights();
    await sendTo('0', [{ n: 3 }]);
    const host = await startHost(['onEvents']);
    await host.printed(/onEvents ended with .*"n":3/);
    assert.deepEqual(bodiesOf(host, 'onEvents'), [{ n: 3 }]);
    await host.stop();
    takeBack();
  });

  it('23: a throw does not stop a partition: its events do not come back, the next ones come', async () => {
    const takeBack = rights();
    const since = azure.journal.position;
    const host = await startHost(['onEvents']);
    await sendTo('1', [{ throw: 'poison' }]);
    await host.printed(/Executed 'Functions.onEvents' \(Failed/);
    await checkpointed('1', since);
    await sendTo('1', [{ n: 'after' }]);
    await host.printed(/onEvents ended with .*after/);
    assert.deepEqual(bodiesOf(host, 'onEvents'), [{ throw: 'poison' }, { n: 'after' }]);
    await host.stop();
    takeBack();
  });

  it('of one event at a time keeps a retry policy, then goes on', async () => {
    const takeBack = rights();
    const host = await startHost(['onEvent']);
    await sendTo('1', [{ throw: 'twice' }, { n: 'next' }]);
    await host.printed(/onEvent ended with .*next/);
    const runs = runsOf(host, 'onEvent').filter(
      ({ triggerMetadata }) => (triggerMetadata.sequenceNumber as number) >= 3,
    );
    assert.deepEqual(
      runs.map(({ body, retryContext }) => [
        body,
        retryContext?.retryCount,
        retryContext?.maxRetryCount,
      ]),
      [
        [{ throw: 'twice' }, 0, 1],
        [{ throw: 'twice' }, 1, 1],
        [{ n: 'next' }, 0, 1],
      ],
    );
    const [run] = runs;
    assert.deepEqual(run?.triggerMetadata.properties, { kind: 'test' });
    assert.equal(run?.triggerMetadata.throw, 'twice', "21: the body's properties");
    await host.stop();
    takeBack();
  });

  it('does not keep the checkpoint of a batch that the stop cut off', async () => {
    const takeBack = rights();
    const host = await startHost(['onEvents']);
    await sendTo('0', [{ wait: 300, n: 'cut off' }]);
    await host.printed(/onEvents ran with .*cut off/);
    await host.stop();
    assert.match(host.output(), /onEvents ended with .*cut off/, 'it ran to its end');
    const second = await startHost(['onEvents']);
    await second.printed(/onEvents ended with .*cut off/);
    await second.stop();
    takeBack();
  });
});

describe('two hosts on one hub', () => {
  it('share the partitions, and one takes over when the other ends', async () => {
    const takeBack = rights();
    const first = await startHost(['onEvents']);
    await sendTo('0', [{ n: 'alone' }]);
    await first.printed(/onEvents ended with .*alone/);
    const since = azure.journal.position;
    const second = await startHost(['onEvents']);
    await sharedOut(since);
    for (let n = 0; n < 20; n++) {
      await sendTo('0', [{ p: 0, n }]);
      await sendTo('1', [{ p: 1, n }]);
    }
    await first.printed(/onEvents ended with .*"n":19/);
    await second.printed(/onEvents ended with .*"n":19/);
    const [one, two] = [first, second].map((host) =>
      bodiesOf(host, 'onEvents').filter((body) => 'p' in (body as object)),
    );
    assert.equal((one?.length ?? 0) + (two?.length ?? 0), 40, 'each event once');
    assert.equal(new Set(one?.map((body) => (body as { p: number }).p)).size, 1);
    await first.stop();
    await sendTo('0', [{ n: 'taken over' }]);
    await sendTo('1', [{ n: 'taken over' }]);
    await second.printed(/onEvents ended with .*taken over/);
    await second.stop();
    takeBack();
  });
});

/** Resolves when the partitions have two owners. */
async function sharedOut(since: number): Promise<void> {
  for (;;) {
    const owners = Object.values(await readBlobs(`${PREFIX}/$default/ownership/`));
    const ids = owners.map(({ ownerid }) => ownerid).filter(Boolean);
    if (ids.length === 2 && ids[0] !== ids[1]) return;
    await azure.journal.waitFor(
      'another owner',
      (entry) =>
        entry.kind === 'request' && entry.method === 'PUT' && entry.target.includes('ownership'),
      { since: Math.max(since, azure.journal.position), timeoutMs: 10_000 },
    );
  }
}

describe('a hub trigger without a right', () => {
  it('36: names the role on the hub, and starts when it is granted', async () => {
    const takeStorageBack = grantStorage();
    const host = await startHost(['onEvents']);
    await host.printed(
      `The listener for function 'Functions.onEvents' was unable to start: the identity with client id ${identity.clientId} lacks the role 'Azure Event Hubs Data Receiver' on the hub '${HUB}' of the namespace '${HUB_HOST}', or got it a moment ago. It is tried again.`,
    );
    await sendTo('0', [{ n: 'waits' }]);
    const takeHubBack = grantHub();
    await host.printed("The listener for function 'Functions.onEvents' listens again.");
    await host.printed(/onEvents ended with .*waits/);
    await host.stop();
    takeHubBack();
    takeStorageBack();
  });

  it('names the role on the host storage', async () => {
    const takeBack = grantHub();
    const host = await startHost(['onEvents']);
    await host.printed(
      /'Functions.onEvents' was unable to start: AuthorizationPermissionMismatch: .* lacks the role 'Storage Blob Data Owner'/,
    );
    await host.stop();
    takeBack();
  });
});

// The Event Hubs trigger on the embedded broker and its checkpoints in host storage.
// The numbers are those of the behaviours that were read in the real host's sources.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { HostProcess } from './host-process.ts';
import { HUB_HOST, runsOf, useMessagingAzure } from './messaging-azure.ts';

const { azure, checkpoints, identity, grantHub, grantStorage, takeHub, startHost } =
  await useMessagingAzure();

/** A hub of this test, which the app may read. */
function takeGrantedHub(t: TestContext) {
  const taken = takeHub(t);
  grantHub(t, taken.hub);
  grantStorage(t);
  return taken;
}

const startOn = (t: TestContext, hub: string, functionName = 'onEvents') =>
  startHost(t, [functionName], { HUB_NAME: hub });

/** Metadata by partition. */
async function readBlobs(
  hub: string,
  kind: 'checkpoint' | 'ownership',
  group = '$default',
): Promise<Record<string, Record<string, string>>> {
  const prefix = `${HUB_HOST}/${hub}/${group}/${kind}/`;
  const found: Record<string, Record<string, string>> = {};
  for await (const blob of checkpoints.listBlobsFlat({ prefix, includeMetadata: true })) {
    found[blob.name.slice(prefix.length)] = blob.metadata ?? {};
  }
  return found;
}

/** Resolves when a blob of this hub has been written. */
const written = (hub: string, path: string, since: number) =>
  azure.journal.waitFor(
    `${hub}: ${path}`,
    (entry) =>
      entry.kind === 'request' &&
      entry.method === 'PUT' &&
      entry.status < 300 &&
      decodeURIComponent(entry.target).includes(`/${hub}/${path}`),
    { since, timeoutMs: 10_000 },
  );

const bodiesOf = (host: HostProcess, name = 'onEvents') =>
  runsOf(host, name).flatMap(({ body }) => body as Record<string, unknown>[]);

describe('a hub trigger', () => {
  it('22, 23: gives batches with their metadata, from the earliest, and keeps a checkpoint', async (t) => {
    const { hub, send } = takeGrantedHub(t);
    await send('0', [{ n: 1 }, { n: 2 }]);
    const since = azure.journal.position;
    const host = await startOn(t, hub);
    await host.printed(/onEvents ended with .*"n":2/);
    const [run] = runsOf(host, 'onEvents');
    assert.deepEqual(run?.body, [{ n: 1 }, { n: 2 }]);
    const metadata = run?.triggerMetadata ?? {};
    const context = {
      isCheckpointingAfterInvocation: true,
      fullyQualifiedNamespace: HUB_HOST,
      eventHubName: hub,
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

    await written(hub, '$default/checkpoint/0', since);
    assert.deepEqual(await readBlobs(hub, 'checkpoint'), {
      0: { sequencenumber: '1', offset: String((metadata.offsetStringArray as unknown[])[1]) },
    });
    const owners = Object.entries(await readBlobs(hub, 'ownership'));
    assert.deepEqual(
      owners.map(([partitionId]) => partitionId),
      ['0', '1'],
    );
    assert.equal(new Set(owners.map(([, { ownerid }]) => ownerid)).size, 1);
    await host.stop();
    const given = Object.values(await readBlobs(hub, 'ownership'));
    assert.deepEqual(
      given.map(({ ownerid = '' }) => ownerid),
      ['', ''],
      'given back',
    );
  });

  it('goes on from its checkpoint', async (t) => {
    const { hub, send } = takeGrantedHub(t);
    const since = azure.journal.position;
    const first = await startOn(t, hub);
    await send('0', [{ n: 1 }]);
    await written(hub, '$default/checkpoint/0', since);
    await first.stop();
    await send('0', [{ n: 2 }]);
    const second = await startOn(t, hub);
    await second.printed(/onEvents ended with .*"n":2/);
    assert.deepEqual(bodiesOf(second), [{ n: 2 }]);
  });

  it('23: a throw does not stop a partition: its events do not come back, the next ones come', async (t) => {
    const { hub, send } = takeGrantedHub(t);
    const since = azure.journal.position;
    const host = await startOn(t, hub);
    await send('1', [{ throw: 'poison' }]);
    await written(hub, '$default/checkpoint/1', since);
    await send('1', [{ n: 'after' }]);
    await host.printed(/onEvents ended with .*after/);
    assert.deepEqual(bodiesOf(host), [{ throw: 'poison' }, { n: 'after' }]);
  });

  it('of one event at a time keeps a retry policy, then goes on', async (t) => {
    const { hub, send } = takeGrantedHub(t);
    const host = await startOn(t, hub, 'onEvent');
    await send('1', [{ throw: 'twice' }, { n: 'next' }]);
    await host.printed(/onEvent ended with .*next/);
    const runs = runsOf(host, 'onEvent');
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
    const metadata = runs[0]?.triggerMetadata ?? {};
    assert.deepEqual(metadata.properties, { kind: 'test' });
    assert.equal(metadata.sequenceNumber, 0);
    assert.equal(metadata.throw, 'twice', "21: the body's properties");
    assert.deepEqual(Object.keys(await readBlobs(hub, 'ownership', 'single')), ['0', '1']);
  });

  it('runs its batch to the end when the host stops, and moves no checkpoint for it', async (t) => {
    const { hub, send } = takeGrantedHub(t);
    const first = await startOn(t, hub);
    await send('0', [{ wait: 300, n: 'cut off' }]);
    await first.printed(/onEvents ran with .*cut off/);
    await first.stop();
    assert.match(first.output(), /onEvents ended with .*cut off/);
    assert.deepEqual(await readBlobs(hub, 'checkpoint'), {});
    const second = await startOn(t, hub);
    await second.printed(/onEvents ended with .*cut off/);
  });

  it('35: is back within 5 s of a restart of the service, with every event', async (t) => {
    const { hub, send, createSend } = takeGrantedHub(t);
    const host = await startOn(t, hub);
    await send('0', [{ n: 'before' }]);
    await host.printed(/onEvents ended with .*before/);
    await azure.closeDoor('messaging');
    await azure.openDoor('messaging');
    const openedMs = performance.now();
    const sendAgain = createSend();
    await sendAgain('0', [{ n: 'after' }]);
    await sendAgain('1', [{ n: 'other' }]);
    await host.printed(/onEvents ended with .*after/);
    await host.printed(/onEvents ended with .*other/);
    assert.ok(performance.now() - openedMs < 5_000, `${performance.now() - openedMs} ms`);
    assert.equal(bodiesOf(host).filter(({ n }) => n === 'after').length, 1);
  });

  it('35: is back when the service has been away for longer', async (t) => {
    const { hub, send, createSend } = takeGrantedHub(t);
    const host = await startOn(t, hub);
    await send('0', [{ n: 'before' }]);
    await host.printed(/onEvents ended with .*before/);
    await azure.closeDoor('messaging');
    t.after(() => azure.openDoor('messaging'));
    // Who finds out first: the reader of the partition, or the listener that looks for partitions.
    await host.printed(
      /(Processing error \(Partition Id: '0', EventHubPath: '[^']+'\)|'Functions\.onEvents' was unable to start): .*ECONNREFUSED/,
    );
    await azure.openDoor('messaging');
    const openedMs = performance.now();
    await createSend()('0', [{ n: 'after' }]);
    await host.printed(/onEvents ended with .*after/);
    assert.ok(performance.now() - openedMs < 5_000, `${performance.now() - openedMs} ms`);
    assert.deepEqual(bodiesOf(host), [{ n: 'before' }, { n: 'after' }]);
  });
});

describe('two hosts on one hub', () => {
  it('share the partitions, each event is handled by one, and who stays takes over', async (t) => {
    const { hub, send } = takeGrantedHub(t);
    const hosts = [await startOn(t, hub), await startOn(t, hub)] as const;
    await sharedOut(hub);
    for (let n = 0; n < 20; n++)
      await Promise.all([send('0', [{ p: 0, n }]), send('1', [{ p: 1, n }])]);
    await Promise.all(hosts.map((host) => host.printed(/onEvents ended with .*"n":19/)));
    const [one, two] = hosts.map((host) => new Set(bodiesOf(host).map(({ p }) => p)));
    assert.deepEqual([one?.size, two?.size], [1, 1]);
    assert.deepEqual([...hosts].flatMap((host) => bodiesOf(host)).length, 40);
    await hosts[0].stop();
    await Promise.all([send('0', [{ p: 0, n: 'late' }]), send('1', [{ p: 1, n: 'late' }])]);
    await hosts[1].printed(/onEvents ended with .*"p":0,"n":"late"/);
    await hosts[1].printed(/onEvents ended with .*"p":1,"n":"late"/);
  });
});

/** Resolves when the partitions have two owners. */
async function sharedOut(hub: string): Promise<void> {
  for (;;) {
    const since = azure.journal.position;
    const owners = Object.values(await readBlobs(hub, 'ownership')).map(({ ownerid }) => ownerid);
    if (owners.length === 2 && new Set(owners).size === 2) return;
    await written(hub, '$default/ownership', since);
  }
}

describe('a hub trigger without a right', () => {
  it('36: names the role on the hub, and starts when it is granted', async (t) => {
    const { hub, send } = takeHub(t);
    grantStorage(t);
    const host = await startOn(t, hub);
    await host.printed(
      `The listener for function 'Functions.onEvents' was unable to start: the identity with client id ${identity.clientId} lacks the role 'Azure Event Hubs Data Receiver' on the hub '${hub}' of the namespace '${HUB_HOST}', or got it a moment ago. It is tried again.`,
    );
    await send('0', [{ n: 'waits' }]);
    grantHub(t, hub);
    await host.printed("The listener for function 'Functions.onEvents' listens again.");
    await host.printed(/onEvents ended with .*waits/);
  });

  it('names the role on the host storage', async (t) => {
    const { hub } = takeHub(t);
    grantHub(t, hub);
    const host = await startOn(t, hub);
    await host.printed(
      /'Functions.onEvents' was unable to start: AuthorizationPermissionMismatch: .* lacks the role 'Storage Blob Data Owner'/,
    );
  });

  it('names a hub that does not exist', async (t) => {
    grantStorage(t);
    const host = await startOn(t, 'nowhere');
    await host.printed(/was unable to start: /);
    assert.match(host.output(), /the hub 'nowhere' of the namespace '[^']+' could not be found\./);
  });
});

// The stream as the host gives it, kept in blobs of the embedded Azure: each event once, whatever comes twice.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ContainerClient } from '@azure/storage-blob';
import fc from 'fast-check';
import { createArchive } from '../../../shared/archive/event-archive.ts';
import { readBatch } from '../../../shared/archive/read-batch.ts';
import { encodeLine, type StreamEvent } from '../../../shared/archive/stream-event.ts';
import { addIdentity, credentialOf, grant, useLocalAzure } from '../../support/local-azure.ts';
import { deployApp } from '../deployed-app.ts';

const azure = await useLocalAzure();
const app = await deployApp(azure, { messaging: true });
const container = new URL(app.settings.EVENTS_CONTAINER_URL ?? '');
const account = container.hostname.split('.')[0];
const principal = addIdentity(azure, 'id-archive');
grant(
  azure,
  principal,
  'Storage Blob Data Contributor',
  `${app.groupId}/providers/Microsoft.Storage/storageAccounts/${account}/blobServices/default/containers/events`,
);
const credential = credentialOf(azure, principal);
/** A new one has nothing in mind: another host. */
const archive = () => createArchive(container, credential, () => principal.principalId);
const blobs = new ContainerClient(container.href, credential);

function event(sequenceNumber: number, changes: Partial<StreamEvent> = {}): StreamEvent {
  return {
    sequenceNumber,
    enqueuedTime: new Date(Date.UTC(2026, 10, 24, 12) + sequenceNumber * 1_000).toISOString(),
    offset: String(sequenceNumber * 100),
    properties: { eventType: 't' },
    body: Buffer.from(JSON.stringify({ n: sequenceNumber })),
    ...changes,
  };
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => event(from + index));

interface Line extends Omit<StreamEvent, 'body'> {
  readonly event?: unknown;
  readonly eventBase64?: string;
}

async function linesOf(hub: string): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const { name } of blobs.listBlobsFlat({ prefix: `${hub}/` })) {
    const text = (await blobs.getBlobClient(name).downloadToBuffer()).toString();
    assert.ok(text === '' || text.endsWith('\n'));
    lines.push(
      ...text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    );
  }
  return lines;
}

const numbersOf = (lines: readonly Line[]) => lines.map(({ sequenceNumber }) => sequenceNumber);

describe('the archive', () => {
  it('keeps each event once, in order, however batches are cut and come again', async () => {
    const first = archive();
    assert.equal(await first.append({ hub: 'h1', partitionId: '0', events: range(1, 10) }), 10);
    assert.equal(await first.append({ hub: 'h1', partitionId: '0', events: range(1, 10) }), 0);
    assert.equal(await archive().append({ hub: 'h1', partitionId: '0', events: range(5, 15) }), 5);
    assert.equal(await first.append({ hub: 'h1', partitionId: '0', events: range(11, 20) }), 5);
    assert.deepEqual(numbersOf(await linesOf('h1')), numbersOf(range(1, 20)));
  });

  it('keeps partitions apart', async () => {
    const one = archive();
    await one.append({ hub: 'h2', partitionId: '0', events: range(1, 3) });
    await one.append({ hub: 'h2', partitionId: '1', events: range(1, 3) });
    assert.equal((await linesOf('h2')).length, 6);
  });

  it('takes two hosts at one partition for what they are', async () => {
    const hosts = [archive(), archive(), archive()];
    await Promise.all(
      hosts.map(async (host, index) => {
        for (let from = 1; from <= 30; from += 5 + index) {
          const events = range(from, Math.min(30, from + 4 + index));
          await host.append({ hub: 'h3', partitionId: '0', events });
        }
      }),
    );
    assert.deepEqual(numbersOf(await linesOf('h3')), numbersOf(range(1, 30)));
  });

  it('begins another blob before Azure would take no more blocks', async () => {
    await archive().append({ hub: 'h4', partitionId: '0', events: range(9_998, 10_003) });
    const names: string[] = [];
    for await (const { name } of blobs.listBlobsFlat({ prefix: 'h4/' })) names.push(name);
    assert.deepEqual(names, [
      'h4/0/2026-11-24/0000000000000000.ndjson',
      'h4/0/2026-11-24/0000000000010000.ndjson',
    ]);
    assert.equal((await linesOf('h4')).length, 6);
  });

  it('keeps the events of a hub that was made anew on the same day, whose numbers begin again', async () => {
    const one = archive();
    await one.append({ hub: 'h5', partitionId: '0', events: range(1, 5) });
    const anew = range(1, 3).map((old) => ({ ...old, enqueuedTime: '2026-11-24T20:00:00.000Z' }));
    assert.equal(await one.append({ hub: 'h5', partitionId: '0', events: anew }), 3);
    assert.deepEqual(numbersOf(await linesOf('h5')), [1, 2, 3, 4, 5, 1, 2, 3]);
  });

  it('keeps bodies of any kind and size', async () => {
    const bodies = [
      Buffer.from('{ "a": 1e400,\r\n "b": 12345678901234567890 }'),
      Buffer.from('no JSON'),
      Buffer.alloc(0),
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.from(JSON.stringify({ pad: 'x'.repeat(300_000) })),
    ];
    const events = bodies.map((body, index) => event(index + 1, { body }));
    await archive().append({ hub: 'h6', partitionId: '0', events });
    const text = (
      await blobs.getBlobClient('h6/0/2026-11-24/0000000000000000.ndjson').downloadToBuffer()
    ).toString();
    assert.ok(
      text.includes('"event":{ "a": 1e400,  "b": 12345678901234567890 }}\n'),
      'no digit lost',
    );
    const lines = await linesOf('h6');
    assert.deepEqual(
      lines.slice(1, 4).map(({ eventBase64 = '' }) => Buffer.from(eventBase64, 'base64')),
      bodies.slice(1, 4),
    );
    // A line that is longer than the first look at the end of the blob.
    assert.equal(await archive().append({ hub: 'h6', partitionId: '0', events }), 0);
  });

  it('splits what is more than one block', async () => {
    const pad = Buffer.from(JSON.stringify('x'.repeat(900_000)));
    const events = range(1, 12).map((one) => ({ ...one, body: pad }));
    assert.equal(await archive().append({ hub: 'h7', partitionId: '0', events }), 12);
    assert.deepEqual(numbersOf(await linesOf('h7')), numbersOf(events));
  });

  it('goes on after a fault that left it in doubt, and doubles nothing', async () => {
    const one = archive();
    await one.append({ hub: 'h8', partitionId: '0', events: range(1, 2) });
    const since = azure.journal.position;
    azure.faults.arm({
      door: 'blob',
      operation: 'PUT *comp=appendblock*',
      fault: { kind: 'cutResponse', atPercent: 0, afterwards: 'rst' },
    });
    await one.append({ hub: 'h8', partitionId: '0', events: range(3, 4) });
    assert.equal(azure.journal.since(since).filter(({ kind }) => kind === 'fault').length, 1);
    assert.deepEqual(numbersOf(await linesOf('h8')), [1, 2, 3, 4]);
  });

  it('appends nothing to a blob that is not its own', async () => {
    const name = 'h9/0/2026-11-24/0000000000000000.ndjson';
    const foreign = blobs.getAppendBlobClient(name);
    await foreign.create();
    await foreign.appendBlock('hello', 5);
    await assert.rejects(archive().append({ hub: 'h9', partitionId: '0', events: range(1, 1) }), {
      code: 'CONFIG_INVALID',
    });
    await foreign.appendBlock('\n', 1);
    await assert.rejects(archive().append({ hub: 'h9', partitionId: '0', events: range(1, 1) }), {
      code: 'CONFIG_INVALID',
    });
  });

  it('is refused without its role, and says which', async () => {
    const stranger = addIdentity(azure, 'id-stranger');
    const none = createArchive(
      container,
      credentialOf(azure, stranger),
      () => stranger.principalId,
    );
    await assert.rejects(none.append({ hub: 'h0', partitionId: '0', events: range(1, 1) }), {
      code: 'ACCESS_DENIED',
    });
  });
});

describe('a line of the archive', () => {
  it('is one line of JSON with the body as it came', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const body = Buffer.from(bytes);
          const line = encodeLine(event(1, { body }));
          assert.equal(line.indexOf('\n'), line.length - 1);
          const { event: json, eventBase64 } = JSON.parse(line);
          if (eventBase64 === undefined) assert.deepEqual(json, JSON.parse(body.toString()));
          else assert.deepEqual(Buffer.from(eventBase64, 'base64'), body);
        },
      ),
    );
  });
});

describe("the host's batch", () => {
  const metadata = {
    partitionContext: { eventHubName: 'hub', partitionId: '1', consumerGroup: 'archive' },
    sequenceNumberArray: [
      { low: 5, high: 0, unsigned: false },
      { low: -1, high: 1, unsigned: false },
    ],
    enqueuedTimeUtcArray: ['2026-11-24T11:20:15.14', '2026-11-24T11:20:16+00:00'],
    offsetArray: [4294967296, '8589934592'],
    partitionKeyArray: ['k', null],
    propertiesArray: [{ eventType: 't' }, {}],
  };

  it('is read with its numbers of 64 bits and its times without a zone', () => {
    assert.deepEqual(readBatch([Buffer.from('{}'), new Uint8Array()], metadata), {
      hub: 'hub',
      partitionId: '1',
      events: [
        {
          sequenceNumber: 5,
          enqueuedTime: '2026-11-24T11:20:15.140Z',
          offset: '4294967296',
          partitionKey: 'k',
          properties: { eventType: 't' },
          body: Buffer.from('{}'),
        },
        {
          sequenceNumber: 2 ** 33 - 1,
          enqueuedTime: '2026-11-24T11:20:16.000Z',
          offset: '8589934592',
          properties: {},
          body: Buffer.alloc(0),
        },
      ],
    });
  });

  it('is not guessed at when bodies are missing', () => {
    for (const [bodies, given] of [
      [[Buffer.from('{}')], metadata],
      ['{}', metadata],
      [[Buffer.from('{}'), Buffer.from('{}')], { ...metadata, partitionContext: {} }],
      [[], undefined],
    ] as const) {
      assert.throws(() => readBatch(bodies, given), { code: 'UNEXPECTED' });
    }
  });
});

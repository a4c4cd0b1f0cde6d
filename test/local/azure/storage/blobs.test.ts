// Blob storage through the unmodified SDK: what Azurite does stays possible, what no role allows does not.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import type { RestError } from '@azure/core-rest-pipeline';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import {
  type BlobStorage,
  createBlobStorage,
} from '../../../../local/azure/storage/create-blob-storage.ts';
import {
  addIdentity,
  createDoorParts,
  credentialOf,
  type DoorParts,
  groupId,
  openDoor,
} from '../../../support/open-door.ts';

const contributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
const reader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1';
const accountId = `${groupId}/providers/Microsoft.Storage/storageAccounts/sttest`;
const scopeOf = (container: string) => `${accountId}/blobServices/default/containers/${container}`;
const url = 'https://sttest.blob.core.windows.net';
const audience = 'https://storage.azure.com';

let parts: DoorParts;
let storage: BlobStorage;
let close: () => Promise<void>;
let state: ContainerClient;

function serviceWith(roleId?: string, scope = accountId): BlobServiceClient {
  const principal = addIdentity(parts, roleId === undefined ? [] : [{ roleId, scope }]);
  return new BlobServiceClient(url, credentialOf(parts, principal, audience), {
    retryOptions: { maxTries: 1 },
  });
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const mismatch = { statusCode: 403, code: 'AuthorizationPermissionMismatch' };

before(async () => {
  parts = await createDoorParts();
  storage = createBlobStorage(parts);
  close = await openDoor(storage.listener, '.blob.core.windows.net:443');
  await storage.blobs.putAccount({ name: 'sttest', resourceId: accountId, location: 'westeurope' });
  await storage.blobs.putContainer('sttest', 'state');
  await storage.blobs.putContainer('sttest', 'state'); // a second deployment
  await storage.blobs.putContainer('sttest', 'other');
  state = serviceWith(contributor, scopeOf('state')).getContainerClient('state');
});
after(async () => {
  await close?.();
  await storage?.stop();
});

describe('roles', () => {
  test('Contributor on a container writes, reads and deletes there, and nowhere else', async () => {
    const blob = state.getBlockBlobClient('a.txt');
    await blob.upload('hello', 5);
    assert.equal((await blob.downloadToBuffer()).toString(), 'hello');
    await blob.delete();
    const { blob: other } = {
      blob: serviceWith(contributor, scopeOf('state'))
        .getContainerClient('other')
        .getBlockBlobClient('a.txt'),
    };
    await assert.rejects(other.upload('hello', 5), mismatch);
    await assert.rejects(other.download(), mismatch);
    await assert.rejects(other.delete(), mismatch);
  });

  test('Reader reads but does not write, delete or lease', async () => {
    await state.getBlockBlobClient('read.txt').upload('hello', 5);
    const container = serviceWith(reader, scopeOf('state')).getContainerClient('state');
    const blob = container.getBlockBlobClient('read.txt');
    assert.equal((await blob.downloadToBuffer()).toString(), 'hello');
    assert.equal((await collect(container.listBlobsFlat())).length > 0, true);
    await assert.rejects(blob.upload('x', 1), mismatch);
    await assert.rejects(blob.delete(), mismatch);
    await assert.rejects(blob.getBlobLeaseClient().acquireLease(15), mismatch);
    await assert.rejects(blob.setMetadata({ a: 'b' }), mismatch);
    await assert.rejects(blob.createSnapshot(), mismatch);
    await assert.rejects(container.create(), mismatch);
    await assert.rejects(container.delete(), mismatch);
  });

  test('no role: refused, with the words of Azure, also by HEAD', async () => {
    const blob = serviceWith().getContainerClient('state').getBlockBlobClient('read.txt');
    await assert.rejects(blob.download(), {
      ...mismatch,
      message:
        /^This request is not authorized to perform this operation using this permission\.\nRequestId:/,
    });
    // A HEAD has no body: the code is in a header, and no content type announces one.
    await assert.rejects(blob.getProperties(), (error: RestError) => {
      assert.equal(error.response?.headers.get('x-ms-error-code'), mismatch.code);
      assert.equal(error.response?.headers.has('content-type'), false);
      return true;
    });
  });

  test('listing containers and making one needs the account', async () => {
    const onContainer = serviceWith(contributor, scopeOf('state'));
    await assert.rejects(collect(onContainer.listContainers()), mismatch);
    await assert.rejects(onContainer.getContainerClient('made').create(), mismatch);
    const onAccount = serviceWith(contributor);
    await onAccount.getContainerClient('made').create();
    const names = (await collect(onAccount.listContainers())).map(({ name }) => name);
    assert.deepEqual(names, ['made', 'other', 'state']);
    await onAccount.getContainerClient('made').delete();
  });

  test('service properties and the ACL of a container are not in Contributor', async () => {
    const service = serviceWith(contributor);
    await assert.rejects(service.getProperties(), mismatch);
    await assert.rejects(service.getContainerClient('state').getAccessPolicy(), mismatch);
  });

  test('a right to add makes new blobs and replaces none', async () => {
    parts.access.addDefinition({
      id: '55555555-0000-4000-8000-000000000001',
      roleName: 'Adder',
      type: 'CustomRole',
      description: '',
      assignableScopes: ['/'],
      permissions: [
        {
          actions: [],
          notActions: [],
          dataActions: [
            'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action',
          ],
          notDataActions: [],
        },
      ],
    });
    const adder = serviceWith('55555555-0000-4000-8000-000000000001', scopeOf('state'));
    const blob = adder.getContainerClient('state').getBlockBlobClient('added.txt');
    await blob.upload('new', 3);
    await assert.rejects(blob.upload('again', 5), mismatch);
    await assert.rejects(blob.download(), mismatch);
  });
});

describe('blobs', () => {
  test('ETag: a new blob once only, a stale write never', async () => {
    const blob = state.getBlockBlobClient('checkpoint.json');
    const { etag = '' } = await blob.upload('1', 1, { conditions: { ifNoneMatch: '*' } });
    await assert.rejects(blob.upload('1', 1, { conditions: { ifNoneMatch: '*' } }), {
      statusCode: 409,
      code: 'BlobAlreadyExists',
    });
    await blob.upload('2', 1, { conditions: { ifMatch: etag } });
    await assert.rejects(blob.upload('3', 1, { conditions: { ifMatch: etag } }), {
      statusCode: 412,
      code: 'ConditionNotMet',
    });
    assert.equal((await blob.downloadToBuffer()).toString(), '2');
  });

  test('leases: whoever has none does not write', async () => {
    const blob = state.getBlockBlobClient('leased');
    await blob.upload('1', 1);
    const { leaseId = '' } = await blob.getBlobLeaseClient().acquireLease(15);
    await assert.rejects(blob.upload('2', 1), { statusCode: 412, code: 'LeaseIdMissing' });
    await blob.upload('2', 1, { conditions: { leaseId } });
    await blob.getBlobLeaseClient(leaseId).releaseLease();
  });

  test('blocks, append blobs, metadata, tags and snapshots', async () => {
    const block = state.getBlockBlobClient('blocks');
    const ids = ['AAAA', 'BBBB'];
    for (const id of ids) await block.stageBlock(id, id, id.length);
    await block.commitBlockList(ids, { metadata: { Team: 'blue' } });
    assert.equal((await block.getBlockList('committed')).committedBlocks?.length, 2);
    assert.equal((await block.downloadToBuffer()).toString(), 'AAAABBBB');
    assert.deepEqual((await block.getProperties()).metadata, { team: 'blue' });
    const { snapshot = '' } = await block.createSnapshot();
    await block.upload('later', 5);
    const before = await block.withSnapshot(snapshot).downloadToBuffer();
    assert.equal(before.toString(), 'AAAABBBB');

    const append = state.getAppendBlobClient('append');
    await append.create();
    await append.appendBlock('one', 3);
    await append.appendBlock('two', 3);
    assert.equal((await append.downloadToBuffer()).toString(), 'onetwo');
    // Azure: blob index tags are not in Contributor.
    await assert.rejects(block.setTags({ a: 'b' }), mismatch);
    await assert.rejects(block.upload('x', 1, { tags: { a: 'b' } }), mismatch);
  });

  test('names: Unicode, spaces, percent signs, slashes; lists by prefix and delimiter', async () => {
    const names = ['dir/ünï ✓ 100%.txt', 'dir/a+b&c=d?e#f.txt', 'dir/sub/x', "dir/'(quoted)'!*"];
    for (const name of names)
      await state.getBlockBlobClient(name).upload(name, Buffer.byteLength(name));
    const listed = await collect(state.listBlobsFlat({ prefix: 'dir/' }));
    assert.deepEqual(listed.map(({ name }) => name).sort(), [...names].sort());
    for (const name of names) {
      assert.equal((await state.getBlockBlobClient(name).downloadToBuffer()).toString(), name);
    }
    const level = await collect(state.listBlobsByHierarchy('/', { prefix: 'dir/' }));
    assert.deepEqual(
      level.filter(({ kind }) => kind === 'prefix').map(({ name }) => name),
      ['dir/sub/'],
    );
    const pages = await collect(state.listBlobsFlat({ prefix: 'dir/' }).byPage({ maxPageSize: 3 }));
    assert.deepEqual(
      pages.map(({ segment }) => segment.blobItems.length),
      [3, 1],
    );
  });

  test('ranges: 206 with Content-Range', async () => {
    const blob = state.getBlockBlobClient('ranged');
    await blob.upload('0123456789', 10);
    const part = await blob.download(2, 3);
    // biome-ignore lint/style/noNonNullAssertion: a download in Node has a stream
    assert.equal((await collect(part.readableStreamBody!)).join(''), '234');
    assert.equal(part._response.status, 206);
    assert.equal(part.contentRange, 'bytes 2-4/10');
  });

  test('20 MB stream through in both directions', async () => {
    const content = randomBytes(20 * 1024 * 1024);
    const blob = state.getBlockBlobClient('large');
    await blob.uploadStream(Readable.from([content]), 4 * 1024 * 1024, 2);
    assert.ok((await blob.downloadToBuffer()).equals(content));
    await state.getBlockBlobClient('whole').upload(content, content.length);
    assert.ok((await state.getBlockBlobClient('whole').downloadToBuffer()).equals(content));
  });

  test('a copy needs the right to read its source', async () => {
    await state.getBlockBlobClient('source').upload('copied', 6);
    const target = state.getBlockBlobClient('target');
    await (await target.beginCopyFromURL(`${url}/state/source`)).pollUntilDone();
    assert.equal((await target.downloadToBuffer()).toString(), 'copied');
    await serviceWith(contributor)
      .getContainerClient('other')
      .getBlockBlobClient('secret')
      .upload('hidden', 6);
    await assert.rejects(target.beginCopyFromURL(`${url}/other/secret`), mismatch);
    await assert.rejects(target.syncCopyFromURL('https://example.org/x'), {
      code: 'CannotVerifyCopySource',
    });
  });

  test('a container that is removed is gone', async () => {
    await storage.blobs.putContainer('sttest', 'brief');
    const container = serviceWith(contributor).getContainerClient('brief');
    assert.equal(await container.exists(), true);
    await storage.blobs.removeContainer('sttest', 'brief');
    assert.equal(await container.exists(), false);
  });

  test('an account that is removed takes its containers along', async () => {
    const account = { name: 'stbrief', resourceId: `${accountId}2`, location: 'westeurope' };
    await storage.blobs.putAccount(account);
    await storage.blobs.putContainer('stbrief', 'kept');
    await storage.blobs.removeAccount('stbrief');
    assert.equal(storage.blobs.isAccountNameTaken('stbrief'), false);
    const principal = addIdentity(parts, [{ roleId: contributor, scope: `${accountId}2` }]);
    const service = new BlobServiceClient(
      'https://stbrief.blob.core.windows.net',
      credentialOf(parts, principal, audience),
      { retryOptions: { maxTries: 1 } },
    );
    await assert.rejects(collect(service.listContainers()), { statusCode: 404 });
    await storage.blobs.putAccount(account);
    assert.deepEqual(await collect(service.listContainers()), []);
  });
});

// Account keys and shared access signatures, through the unmodified SDK.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  BlobSASPermissions,
  BlobServiceClient,
  BlockBlobClient,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
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
const delegator = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a';
const idOf = (name: string) => `${groupId}/providers/Microsoft.Storage/storageAccounts/${name}`;
const once = { retryOptions: { maxTries: 1 } };

let parts: DoorParts;
let storage: BlobStorage;
let close: () => Promise<void>;

before(async () => {
  parts = await createDoorParts();
  storage = createBlobStorage(parts);
  close = await openDoor(storage.listener, '.blob.core.windows.net:443');
  for (const [name, allowSharedKeyAccess] of [
    ['stkeys', true],
    ['stroles', false],
  ] as const) {
    const resourceId = idOf(name);
    await storage.blobs.putAccount({ name, resourceId, location: 'x', allowSharedKeyAccess });
    await storage.blobs.putContainer(name, 'data');
  }
});
after(async () => {
  await close?.();
  await storage?.stop();
});

function keyOf(name: string): StorageSharedKeyCredential {
  const [key] = storage.blobs.listAccountKeys?.(name) ?? [];
  assert.ok(key);
  return new StorageSharedKeyCredential(name, key.value);
}

function inAnHour(): Date {
  return new Date(parts.clock.nowMs() + 3600_000);
}

test('an account key lets in where the account allows keys, and only its own', async () => {
  const blobOf = (account: string, credential: StorageSharedKeyCredential) =>
    new BlobServiceClient(`https://${account}.blob.core.windows.net`, credential, once)
      .getContainerClient('data')
      .getBlockBlobClient('a b+c.txt');
  const blob = blobOf('stkeys', keyOf('stkeys'));
  await blob.upload('hello', 5, { metadata: { team: 'blue' } });
  assert.equal((await blob.downloadToBuffer()).toString(), 'hello');
  const wrong = new StorageSharedKeyCredential('stkeys', Buffer.alloc(64).toString('base64'));
  await assert.rejects(blobOf('stkeys', wrong).download(), { statusCode: 403 });
  await assert.rejects(blobOf('stroles', keyOf('stroles')).download(), {
    statusCode: 403,
    code: 'KeyBasedAuthenticationNotPermitted',
  });
});

test('a SAS of an account key gives what it names and no more', async () => {
  const sas = generateBlobSASQueryParameters(
    {
      containerName: 'data',
      blobName: 'sas.txt',
      permissions: BlobSASPermissions.parse('cw'),
      expiresOn: inAnHour(),
      protocol: SASProtocol.Https,
    },
    keyOf('stkeys'),
  );
  const blob = new BlockBlobClient(
    `https://stkeys.blob.core.windows.net/data/sas.txt?${sas}`,
    undefined,
    once,
  );
  await blob.upload('hello', 5);
  await assert.rejects(blob.download(), { statusCode: 403 });
});

test('a user delegation SAS works as far as SAS and role both reach', async () => {
  const account = 'stroles';
  const url = `https://${account}.blob.core.windows.net`;
  const principal = addIdentity(parts, [
    { roleId: delegator, scope: idOf(account) },
    { roleId: contributor, scope: `${idOf(account)}/blobServices/default/containers/data` },
  ]);
  const service = new BlobServiceClient(
    url,
    credentialOf(parts, principal, 'https://storage.azure.com'),
    once,
  );
  await service.getContainerClient('data').getBlockBlobClient('x').upload('hello', 5);
  const startsOn = new Date(parts.clock.nowMs() - 60_000);
  const key = await service.getUserDelegationKey(startsOn, inAnHour());
  assert.equal(key.signedObjectId, principal.principalId);
  const sas = (permissions: string, version?: string) =>
    generateBlobSASQueryParameters(
      {
        containerName: 'data',
        blobName: 'x',
        permissions: BlobSASPermissions.parse(permissions),
        startsOn,
        expiresOn: inAnHour(),
        protocol: SASProtocol.Https,
        ...(version !== undefined && { version }),
      },
      key,
      account,
    );
  const blob = (query: unknown) => new BlockBlobClient(`${url}/data/x?${query}`, undefined, once);
  assert.equal((await blob(sas('r')).downloadToBuffer()).toString(), 'hello');
  for (const version of ['2018-11-09', '2020-02-10', '2020-12-06', '2025-07-05', '2026-04-06']) {
    assert.equal((await blob(sas('r', version)).downloadToBuffer()).toString(), 'hello', version);
  }
  await assert.rejects(blob(sas('r')).upload('x', 1), { statusCode: 403 });
  await assert.rejects(blob(String(sas('r')).replace('sp=r', 'sp=rw')).upload('x', 1), {
    statusCode: 403,
  });

  // The role goes, the SAS goes with it.
  for (const assignment of parts.access.listAssignments()) {
    if (assignment.roleDefinitionId === contributor) parts.access.removeAssignment(assignment.id);
  }
  await assert.rejects(blob(sas('r')).download(), {
    statusCode: 403,
    code: 'AuthorizationPermissionMismatch',
  });
});

test('a user delegation key needs its own right, at the account', async () => {
  const account = 'stroles';
  const scope = `${idOf(account)}/blobServices/default/containers/data`;
  const principal = addIdentity(parts, [{ roleId: contributor, scope }]);
  const service = new BlobServiceClient(
    `https://${account}.blob.core.windows.net`,
    credentialOf(parts, principal, 'https://storage.azure.com'),
    once,
  );
  await assert.rejects(service.getUserDelegationKey(new Date(), inAnHour()), {
    statusCode: 403,
    code: 'AuthorizationPermissionMismatch',
  });
});

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  addIdentity,
  grant,
  groupId,
  subscriptionId,
  useLocalAzure,
} from '../../../support/local-azure.ts';
import { StillClock } from '../../../support/still-clock.ts';

const clock = new StillClock();
const azure = await useLocalAzure({ clock });
azure.resourceManager.addResourceGroup({ subscriptionId, name: 'rg-test', location: 'eastus' });
const group = groupId('rg-test');

interface Answer {
  readonly name?: string;
  readonly value?: readonly { readonly name: string }[];
}

beforeEach(() => azure.behaviour.set({ grantDelayMs: 0, listDelayMs: 0 }));

describe('a delay of grants', () => {
  const mayRead = (principal: { principalId: string }) =>
    azure.access.authorize({
      principalId: principal.principalId,
      action: 'Microsoft.KeyVault/vaults/read',
      isDataAction: false,
      scope: group,
    }).allowed;

  it('is none by default: a grant and its removal take effect at once', () => {
    const reader = addIdentity(azure, 'at-once');
    const takeAway = grant(azure, reader, 'Reader', group);
    assert.equal(mayRead(reader), true);
    takeAway();
    assert.equal(mayRead(reader), false);
  });

  it('lets a grant be listed at once and heeded later', () => {
    azure.behaviour.set({ grantDelayMs: 60_000 });
    const reader = addIdentity(azure, 'later');
    grant(azure, reader, 'Reader', group);
    const isMine = ({ principalId }: { principalId: string }) => principalId === reader.principalId;
    assert.ok(azure.access.listAssignments().some(isMine));
    assert.deepEqual(azure.access.listEffectiveAssignmentsOf(reader.principalId), []);
    clock.advanceMs(59_999);
    assert.equal(mayRead(reader), false);
    clock.advanceMs(1);
    assert.equal(mayRead(reader), true);
  });

  it('lets a removed grant go on until the delay is over, and a grant given back begin anew', () => {
    const reader = addIdentity(azure, 'removed');
    const takeAway = grant(azure, reader, 'Reader', group);
    azure.behaviour.set({ grantDelayMs: 60_000 });
    takeAway();
    clock.advanceMs(30_000);
    grant(azure, reader, 'Reader', group);
    clock.advanceMs(29_999);
    assert.equal(mayRead(reader), true, 'the old one still counts');
    clock.advanceMs(1);
    assert.equal(mayRead(reader), false, 'the old one is over, the new one has not begun');
    clock.advanceMs(30_000);
    assert.equal(mayRead(reader), true);
  });

  it('lets a grant that is removed before it began never count', () => {
    azure.behaviour.set({ grantDelayMs: 60_000 });
    const reader = addIdentity(azure, 'never');
    const takeAway = grant(azure, reader, 'Reader', group);
    azure.behaviour.set({ grantDelayMs: 0 });
    takeAway();
    clock.advanceMs(120_000);
    assert.equal(mayRead(reader), false);
  });

  it('does not interrupt a grant that is put once more unchanged', () => {
    const reader = addIdentity(azure, 'again');
    grant(azure, reader, 'Reader', group);
    azure.behaviour.set({ grantDelayMs: 60_000 });
    const [assignment] = azure.access
      .listAssignments()
      .filter(({ principalId }) => principalId === reader.principalId);
    assert.ok(assignment);
    azure.access.addAssignment({ ...assignment });
    assert.equal(mayRead(reader), true);
  });

  it('holds for the subscriptions that a principal sees, too', async () => {
    azure.behaviour.set({ grantDelayMs: 60_000 });
    const reader = addIdentity(azure, 'subscriptions');
    grant(azure, reader, 'Reader', `/subscriptions/${subscriptionId}`);
    const list = async () => {
      const { accessToken } = await azure.tokens.issue(reader, 'https://management.azure.com');
      const answer = await fetch(
        'https://management.azure.com/subscriptions?api-version=2022-12-01',
        {
          headers: { Authorization: `Bearer ${accessToken}` },
        },
      );
      return ((await answer.json()) as { value: unknown[] }).value.length;
    };
    assert.equal(await list(), 0);
    clock.advanceMs(60_000);
    assert.equal(await list(), 1);
  });
});

describe('a delay of lists', () => {
  const owner = addIdentity(azure, 'owner');
  grant(azure, owner, 'Owner', group);
  const idOf = (name: string) =>
    `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  async function call(method: string, path: string, body?: unknown): Promise<Answer> {
    const { accessToken } = await azure.tokens.issue(owner, 'https://management.azure.com');
    const answer = await fetch(`https://management.azure.com${path}?api-version=2023-01-31`, {
      method,
      headers: { Authorization: `Bearer ${accessToken}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
    const text = await answer.text();
    return text === '' ? {} : (JSON.parse(text) as Answer);
  }
  const create = (name: string) => call('PUT', idOf(name), { location: 'eastus' });
  const listed = async () =>
    ((await call('GET', `${group}/resources`)).value ?? []).map(({ name }) => name);

  it('shows a new resource by its own GET at once and in the list when it is over', async () => {
    azure.behaviour.set({ listDelayMs: 300_000 });
    await create('id-late');
    assert.equal((await call('GET', idOf('id-late'))).name, 'id-late');
    clock.advanceMs(299_999);
    assert.ok(!(await listed()).includes('id-late'));
    clock.advanceMs(1);
    assert.ok((await listed()).includes('id-late'));
  });

  it('may depend on the resource', async () => {
    azure.behaviour.set({ listDelayMs: ({ name }) => (name === 'id-slow' ? 300_000 : 0) });
    await create('id-slow');
    await create('id-quick');
    const names = await listed();
    assert.deepEqual([names.includes('id-slow'), names.includes('id-quick')], [false, true]);
  });

  it('begins again when a resource is deleted and created once more', async () => {
    azure.behaviour.set({ listDelayMs: 1000 });
    await create('id-again');
    clock.advanceMs(1000);
    assert.ok((await listed()).includes('id-again'));
    await call('DELETE', idOf('id-again'));
    await create('id-again');
    assert.ok(!(await listed()).includes('id-again'));
  });

  it('has pages of 1,000 resources, and they can be made smaller for a caller that names none', async () => {
    for (const name of ['id-1', 'id-2', 'id-3']) await create(name);
    azure.behaviour.set({ listPageSize: 2 });
    const path = `${group}/resources`;
    const page = (await call('GET', path)) as Answer & { nextLink?: string };
    assert.equal(page.value?.length, 2);
    assert.match(page.nextLink ?? '', /skiptoken/);
    azure.behaviour.set({ listPageSize: 1000 });
    assert.ok(((await call('GET', path)).value?.length ?? 0) > 2);
    for (const listPageSize of [0, 1001, 1.5]) {
      assert.throws(() => azure.behaviour.set({ listPageSize }), { code: 'InvalidBehaviourOrder' });
    }
  });
});

describe('the life of tokens', () => {
  const principal = addIdentity(azure, 'token');
  const life = async () =>
    (await azure.tokens.issue(principal, 'https://vault.azure.net')).expiresIn;

  it('is a day, and can be changed for the tokens that follow', async () => {
    assert.equal(await life(), 86_400);
    azure.setTokenLifetimeSeconds(120);
    assert.equal(await life(), 120);
    assert.throws(() => azure.setTokenLifetimeSeconds(0), { code: 'InvalidBehaviourOrder' });
    azure.setTokenLifetimeSeconds(86_400);
  });
});

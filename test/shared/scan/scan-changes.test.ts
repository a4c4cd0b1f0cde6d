// The scan by Resource Graph's changes: what it asks, what it remembers, and when it reads the list all the same.
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { AppError } from '../../../shared/errors.ts';
import { FeedWorld } from './feed-world.ts';
import { armFailure, SCOPE } from './world.ts';

let world: FeedWorld;
/** When the list was read last, before each test. */
let listedAt: string | undefined;

beforeEach(async () => {
  world = new FeedWorld();
  for (let index = 0; index < 25; index++) world.create(`old-${index}`, 1);
  await world.follow();
  assert.equal(world.published.length, 25);
  world.published.length = 0;
  world.takeRequests();
  listedAt = world.feed?.listedAt;
});

describe('the scan by Resource Graph', () => {
  it('begins with a pass over the list, and is one request from then on', async () => {
    for (let run = 0; run < 3; run++) {
      world.passHours(0.1);
      const report = await world.follow();
      assert.equal(report.outcome, 'finished');
      assert.equal(report.scopes[0]?.feed, 'resourceGraph');
      assert.deepEqual(world.takeRequests(), { queries: 1, pages: 0, probes: 0 });
    }
    assert.deepEqual(world.names, []);
  });

  it('reads the createdTime where the list reads it, so the event is the same by either feed', async () => {
    world.passHours(0.1);
    const created = world.create('new');
    await world.follow();
    const [finding] = world.published;
    assert.equal(finding?.createdTime, created.createdTime?.toISOString());
    const byList = new FeedWorld();
    byList.nowMs = world.nowMs;
    byList.resources.push(created);
    await byList.scan();
    assert.equal(byList.published[0]?.eventId, finding?.eventId);
    world.passHours(24);
    await world.follow();
    assert.deepEqual(world.names, ['new'], 'the reconciliation does not report it again');
  });

  it('asks since its watermark less the overlap, in all scopes at once', async () => {
    world.passHours(0.1);
    world.create('new');
    await world.follow();
    world.passHours(0.1);
    world.takeRequests();
    await world.follow();
    const [query] = world.queries;
    assert.deepEqual(query?.scopes, [SCOPE]);
    const newest = world.changes.at(-1)?.changeTime ?? '';
    assert.equal(query?.since, new Date(Date.parse(newest) - 48 * 3_600_000).toISOString());
  });

  it('follows the pages of the feed to their end', async () => {
    world.passHours(0.1);
    world.changesOnPage = 4;
    for (let index = 0; index < 9; index++) world.create(`new-${index}`);
    await world.follow();
    assert.equal(world.names.length, 9);
    assert.equal(world.takeRequests().queries, 9, '34 changes');
  });

  it('looks a new one up in its group, and not again', async () => {
    world.passHours(0.1);
    world.create('new');
    await world.follow();
    assert.deepEqual(world.names, ['new']);
    assert.equal(world.takeRequests().pages, 3, 'the last page has it');
    await world.follow();
    assert.equal(world.takeRequests().pages, 0);
  });

  it('looks again for an hour for what ARM does not list yet', async () => {
    world.passHours(0.1);
    const late = world.createUnlisted('late');
    await world.follow();
    assert.deepEqual(world.names, []);
    world.passHours(0.5);
    world.resources.push(late);
    await world.follow();
    assert.deepEqual(world.names, ['late']);
  });

  it('leaves what stays away to the list, which finds it', async () => {
    world.passHours(0.1);
    const late = world.createUnlisted('late');
    world.passHours(2);
    await world.follow();
    world.takeRequests();
    await world.follow();
    assert.equal(world.takeRequests().pages, 0, 'it is looked up no more');
    world.resources.push(late);
    world.passHours(22);
    await world.follow();
    assert.deepEqual(world.names, ['late']);
  });

  it('reads the list each SCAN_RECONCILE, which finds what the feed never showed', async () => {
    world.passHours(1);
    world.createUnseen('unseen');
    await world.follow();
    assert.deepEqual(world.names, []);
    world.passHours(22.9);
    world.takeRequests();
    await world.follow();
    assert.equal(world.takeRequests().pages, 0);
    world.passHours(0.2);
    await world.follow();
    assert.equal(world.takeRequests().pages, 3);
    assert.deepEqual(world.names, ['unseen']);
  });

  it('does not let the feed move the bound of the list', async () => {
    const weekly = { feed: { resourceGraph: world.resourceGraph, reconcileMs: 7 * 86_400_000 } };
    world.passHours(1);
    world.createUnseen('unseen');
    for (let day = 1; day < 7; day++) {
      world.passHours(23);
      world.create(`day-${day}`);
      await world.scan(weekly);
    }
    world.passHours(30);
    await world.scan(weekly);
    assert.deepEqual(world.names.toSorted(), [
      ...['day-1', 'day-2', 'day-3', 'day-4', 'day-5', 'day-6'],
      'unseen',
    ]);
  });

  it('reads the list where the feed has forgotten too much, and follows the feed again', async () => {
    world.passHours(24 * 20);
    world.create('after-the-holidays', 24 * 15);
    await world.follow();
    assert.deepEqual(world.names, ['after-the-holidays']);
    world.takeRequests();
    await world.follow();
    assert.equal(world.takeRequests().pages, 0);
  });

  for (const [days, isListed] of [
    [11.9, false],
    [12.1, true],
  ] as const) {
    it(`keeps to the 14 days that the feed keeps, the overlap of two in them: after ${days} it reads ${isListed ? 'the list' : 'the feed'}`, async () => {
      const newest = world.feed?.watermark ?? '';
      world.nowMs = Date.parse(newest) + days * 86_400_000;
      world.create('new');
      await world.scan({ feed: { resourceGraph: world.resourceGraph, reconcileMs: 1e12 } });
      assert.equal(world.feed?.listedAt !== listedAt, isListed);
      assert.deepEqual(world.names, ['new']);
    });
  }

  it('reads the list where more groups have news than are worth asking one by one', async () => {
    world.passHours(0.1);
    for (let index = 0; index < 51; index++) {
      const id = `${SCOPE.replace('rg-app', `rg-${index}`)}/providers/Microsoft.Test/things/new-${index}`;
      const createdTime = new Date(world.nowMs);
      world.resources.push({
        id,
        name: `new-${index}`,
        type: 'Microsoft.Test/things',
        createdTime,
      });
      world.show({ id, createdTime }, 0);
    }
    const subscription = SCOPE.slice(0, SCOPE.indexOf('/resourceGroups'));
    const daily = { feed: { resourceGraph: world.resourceGraph, reconcileMs: 86_400_000 } };
    await world.scan({ ...daily, scopes: [subscription] });
    world.published.length = 0;
    for (let index = 0; index < 51; index++) {
      const id = `${SCOPE.replace('rg-app', `rg-${index}`)}/providers/Microsoft.Test/things/more-${index}`;
      const createdTime = new Date(world.nowMs);
      world.resources.push({
        id,
        name: `more-${index}`,
        type: 'Microsoft.Test/things',
        createdTime,
      });
      world.show({ id, createdTime }, 0);
    }
    world.passHours(0.1);
    world.takeRequests();
    await world.scan({ ...daily, scopes: [subscription] });
    assert.equal(world.published.length, 51);
    assert.equal(world.takeRequests().pages, 13, 'one pass over all');
    await world.scan({ ...daily, scopes: [subscription] });
    assert.equal(world.takeRequests().pages, 0, 'and they are done with');
  });

  it('reports one that was created again as new', async () => {
    world.passHours(0.1);
    world.create('twice');
    await world.follow();
    world.resources = world.resources.filter(({ name }) => name !== 'twice');
    world.passHours(0.1);
    world.create('twice');
    await world.follow();
    assert.deepEqual(world.names, ['twice', 'twice']);
    assert.notEqual(world.published[0]?.eventId, world.published[1]?.eventId);
  });

  it('skips a resource that nobody can date, and says so', async () => {
    world.passHours(0.1);
    const created = world.create('undated');
    world.resources = world.resources.map(({ createdTime, ...rest }) =>
      rest.name === 'undated' ? rest : { ...rest, ...(createdTime && { createdTime }) },
    );
    const report = await world.follow();
    assert.deepEqual(report.unreadable, [created.id]);
  });
});

describe('an answer without news', () => {
  it('moves the watermark only after a GET of the scope, once an hour', async () => {
    const before = world.feed?.watermark;
    world.passHours(0.9);
    await world.follow();
    assert.equal(world.feed?.watermark, before);
    world.passHours(0.2);
    await world.follow();
    assert.deepEqual(world.takeRequests(), { queries: 2, pages: 0, probes: 1 });
    assert.ok((world.feed?.watermark ?? '') >= new Date(world.nowMs).toISOString());
  });

  it('is no news where the role is gone: the GET tells, and the watermark stays', async () => {
    const before = world.feed?.watermark;
    world.changes.length = 0;
    world.onProbe = () => {
      throw armFailure({ code: 'ACCESS_DENIED', status: 403 });
    };
    world.passHours(1.1);
    await assert.rejects(world.follow(), { code: 'ACCESS_DENIED' });
    assert.equal(world.feed?.watermark, before);
  });
});

describe('an answer without news in two scopes', () => {
  const other = SCOPE.replace('rg-app', 'rg-other');
  const scopes = [SCOPE, other];

  for (const denied of scopes) {
    it(`needs a GET of each: ${denied === other ? 'the second' : 'the first'} is refused, and its watermark alone stays`, async () => {
      await world.follow({ scopes });
      const watermarks = () =>
        scopes.map((scope) => world.checkpoint.scopes[scope.toLowerCase()]?.feed?.watermark ?? '');
      world.changes.length = 0;
      world.passHours(1.1);
      await world.follow({ scopes });
      const before = watermarks();
      world.takeRequests();
      world.onProbe = (scope) => {
        if (scope === denied) throw armFailure({ code: 'ACCESS_DENIED', status: 403 });
      };
      world.passHours(1.1);
      await assert.rejects(world.follow({ scopes }), { code: 'ACCESS_DENIED' });
      assert.deepEqual(world.probes, scopes);
      assert.deepEqual(
        watermarks().map((watermark, index) => watermark > (before[index] ?? '')),
        scopes.map((scope) => scope !== denied),
      );
    });
  }
});

describe('Resource Graph fails', () => {
  const failing = (failure: Partial<ConstructorParameters<typeof AppError>[0]>) => () => {
    throw armFailure(failure);
  };

  it('the run says so, and the next one misses nothing', async () => {
    world.passHours(0.1);
    world.create('meanwhile');
    world.onQuery = failing({ status: 503 });
    await assert.rejects(world.follow(), { code: 'TARGET_UNAVAILABLE' });
    assert.deepEqual(world.names, []);
    world.onQuery = () => {};
    await world.follow();
    assert.deepEqual(world.names, ['meanwhile']);
  });

  it('throttled: the run is cut, not failed', async () => {
    world.passHours(0.1);
    world.onQuery = failing({ code: 'THROTTLED', status: 429 });
    assert.equal((await world.follow()).outcome, 'cut');
  });

  it('the list is read all the same when its time has come', async () => {
    world.passHours(24.1);
    world.create('new');
    world.onQuery = failing({ status: 503 });
    const report = await world.follow();
    assert.equal(report.outcome, 'finished');
    assert.deepEqual(world.names, ['new']);
  });

  it('refused: a GET tells who may not do what', async () => {
    world.passHours(0.1);
    world.onQuery = failing({ code: 'UNEXPECTED', status: 400 });
    world.onProbe = failing({ code: 'ACCESS_DENIED', status: 403 });
    await assert.rejects(world.follow(), { code: 'ACCESS_DENIED' });
    world.onProbe = () => {};
    await assert.rejects(world.follow(), { code: 'UNEXPECTED' });
  });

  it('the list that is looked up in fails: nothing is done with', async () => {
    world.passHours(0.1);
    world.create('new');
    const before = world.feed;
    world.onPage = failing({ status: 500 });
    await assert.rejects(world.follow(), { code: 'TARGET_UNAVAILABLE' });
    assert.deepEqual(world.feed, before);
    world.onPage = () => {};
    await world.follow();
    assert.deepEqual(world.names, ['new']);
  });

  it('handing on fails: the change is not done with, and goes out with the next run', async () => {
    world.passHours(0.1);
    world.create('new');
    const before = world.feed;
    world.onPublish = failing({});
    await assert.rejects(world.follow());
    assert.deepEqual(world.feed, before);
    world.onPublish = () => {};
    await world.follow();
    assert.deepEqual(world.names, ['new']);
  });
});

describe('two runs at once', () => {
  it('hand each creation on once', async () => {
    world.passHours(0.1);
    for (let index = 0; index < 8; index++) world.create(`new-${index}`);
    await Promise.all([world.follow(), world.follow(), world.follow()]);
    assert.equal(world.names.length, 8);
    assert.equal(new Set(world.names).size, 8);
  });
});

describe('the checkpoint', () => {
  it('forgets changes that the feed does not show again', async () => {
    world.passHours(0.1);
    world.create('new');
    await world.follow();
    assert.equal(Object.keys(world.feed?.done ?? {}).length, 26);
    world.passHours(49);
    world.create('newer');
    await world.follow();
    assert.equal(Object.keys(world.feed?.done ?? {}).length, 1);
  });

  it('is not written by a run that met nothing', async () => {
    world.passHours(0.1);
    const { writes } = world.blobs;
    await world.follow();
    assert.equal(world.blobs.writes, writes + 1, 'the report alone');
  });

  it('is refused with a feed that no scan has written', async () => {
    const text = JSON.stringify(world.checkpoint).replace('"listedAt"', '"listed"');
    world.blobs.put('scan-checkpoint.json', text);
    await assert.rejects(world.follow(), { code: 'CONFIG_INVALID' });
  });
});

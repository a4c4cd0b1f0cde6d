import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { armFailure, SCOPE, World } from './world.ts';

describe('a scan', () => {
  it('finds what was created since the look-back at first, and what is new from then on', async () => {
    const world = new World();
    world.create('old', 25);
    world.create('recent', 23);
    const report = await world.scan();
    assert.deepEqual(world.names, ['recent']);
    assert.equal(report.outcome, 'finished');
    assert.equal(report.resourcesSeen, 2);
    assert.equal(report.newFindings[0]?.location, 'westeurope');

    world.passHours(1);
    world.create('new');
    await world.scan();
    await world.scan();
    assert.deepEqual(world.names, ['recent', 'new']);
  });

  it('never takes for new what is older than the first look-back, though the overlap is longer', async () => {
    const world = new World();
    world.create('before', 30);
    world.create('recent', 1);
    await world.scan();
    await world.scan();
    assert.deepEqual(world.names, ['recent']);
  });

  it('writes nothing but its report when there is nothing new', async () => {
    const world = new World();
    world.create('a');
    await world.scan();
    const before = world.blobs.writes;
    await world.scan();
    assert.equal(world.blobs.writes, before + 1);
  });

  it('[17] finds a record that appears 48 hours late, once', async () => {
    const world = new World();
    world.create('first');
    await world.scan();
    const late = world.create('late');
    world.resources.pop();
    world.passHours(47);
    world.create('on-time');
    await world.scan();
    world.resources.unshift(late);
    await world.scan();
    await world.scan();
    assert.deepEqual(world.names, ['first', 'on-time', 'late']);
  });

  it('loses nothing that shows late while there has been nothing to find yet', async () => {
    const world = new World();
    await world.scan();
    const late = world.create('late', 23);
    world.passHours(30);
    await world.scan();
    assert.ok(late);
    assert.deepEqual(world.names, ['late']);
  });

  it('[18] makes one finding of a resource on two pages, in whatever case its id is', async () => {
    const world = new World();
    world.pageSize = 1;
    const { id = '', ...rest } = world.create('twice');
    world.resources.push({ ...rest, id: id.toUpperCase() });
    await world.scan();
    assert.deepEqual(world.names, ['twice']);
  });

  it('[19] makes two findings of a resource that was deleted and created again', async () => {
    const world = new World();
    world.create('phoenix');
    await world.scan();
    world.passHours(1);
    world.resources = [];
    world.create('phoenix');
    await world.scan();
    const [first, second] = world.published;
    assert.equal(first?.id, second?.id);
    assert.notEqual(first?.eventId, second?.eventId);
  });

  it('[20] reports what has no createdTime as unreadable', async () => {
    const world = new World();
    const { createdTime: _, ...undated } = world.create('undated');
    world.resources = [undated, { ...undated, createdTime: new Date(Number.NaN) }];
    const report = await world.scan();
    assert.deepEqual(world.names, []);
    assert.equal(report.unreadableCount, 2);
    assert.deepEqual(report.unreadable, [undated.id, undated.id]);
  });

  it('goes on behind an empty page', async () => {
    const world = new World();
    let page = 0;
    const report = await world.scan({
      resourceManager: {
        ...world.resourceManager,
        listPage: async () =>
          ++page < 50
            ? { resources: [], nextPage: `page ${page}` }
            : { resources: [world.create('last')] },
      },
    });
    assert.equal(report.pages, 50);
    assert.deepEqual(world.names, ['last']);
  });

  for (const [name, isEmpty, nextPage] of [
    ['leads to itself', false, () => 'same'],
    ['leads back in a circle', false, (page: number) => `page ${page % 7}`],
    ['never leads anywhere', true, (page: number) => `page ${page}`],
  ] as const) {
    it(`[21] stops at a nextLink that ${name}`, async () => {
      const world = new World();
      world.create('again and again');
      let page = 0;
      const scan = world.scan({
        resourceManager: {
          ...world.resourceManager,
          listPage: async () => ({
            resources: isEmpty ? [] : world.resources,
            nextPage: nextPage(++page),
          }),
        },
      });
      await assert.rejects(scan, { code: 'UNEXPECTED', target: 'resource-manager' });
      assert.equal(world.checkpoint.scopes[SCOPE.toLowerCase()]?.pass?.nextPage, undefined);
    });
  }

  it('[16] goes on from the page that failed, whichever it is, and hands nothing on twice', async () => {
    for (let failing = 1; failing <= 4; failing++) {
      const world = new World();
      world.pageSize = 3;
      for (let index = 0; index < 12; index++) world.create(`r${index}`);
      world.onPage = (page) => {
        if (page === failing) throw armFailure({ status: 500 });
      };
      await assert.rejects(world.scan(), { code: 'TARGET_UNAVAILABLE' });
      assert.equal(world.published.length, (failing - 1) * 3);
      await world.scan();
      assert.equal(new Set(world.names).size, 12);
      assert.equal(world.published.length, 12);
      assert.equal(world.pagesRead[failing], world.pagesRead[failing - 1], 'the same page again');
    }
  });

  it('[16] keeps what is older than the overlap in a first pass that was cut', async () => {
    const world = new World();
    world.pageSize = 1;
    world.create('newest');
    world.create('ten days old', 240);
    const lookbackMs = 30 * 86_400_000;
    world.onPage = (page) => {
      if (page === 2) throw armFailure({ status: 503 });
    };
    await assert.rejects(world.scan({ lookbackMs }));
    await world.scan({ lookbackMs });
    await world.scan({ lookbackMs });
    assert.deepEqual(world.names, ['newest', 'ten days old']);
  });

  it('[15] stops cleanly when throttled for longer than it has, and goes on next time', async () => {
    const world = new World();
    world.pageSize = 2;
    for (let index = 0; index < 4; index++) world.create(`r${index}`);
    world.onPage = (page) => {
      if (page === 2) throw armFailure({ code: 'THROTTLED', status: 429, retryAfterSeconds: 600 });
    };
    const report = await world.scan();
    assert.equal(report.outcome, 'cut');
    assert.equal(report.scopes[0]?.error?.code, 'THROTTLED');
    await world.scan();
    assert.deepEqual(world.names, ['r0', 'r1', 'r2', 'r3']);
  });

  it('[22] stops at its time limit, hands on what it has and goes on from the page', async () => {
    const world = new World();
    world.pageSize = 1;
    for (let index = 0; index < 3; index++) world.create(`r${index}`);
    world.onPage = (page) =>
      page === 2 ? new Promise((resolve) => setTimeout(resolve, 350)) : undefined;
    const report = await world.scan({ timeLimitMs: 400 });
    assert.equal(report.outcome, 'cut');
    assert.ok(report.newFindingCount < 3);
    await world.scan();
    assert.deepEqual(world.names, ['r0', 'r1', 'r2']);
  });

  it('begins a pass anew when its noted page is too old for ARM', async () => {
    const world = new World();
    world.pageSize = 2;
    for (let index = 0; index < 4; index++) world.create(`r${index}`);
    world.onPage = (page) => {
      if (page === 2) throw armFailure({ status: 500 });
      if (page === 3) throw armFailure({ code: 'UNEXPECTED', status: 400 });
    };
    await assert.rejects(world.scan());
    const report = await world.scan();
    assert.equal(report.outcome, 'finished');
    assert.deepEqual(world.names, ['r0', 'r1', 'r2', 'r3']);
  });

  it('says that the role is missing instead of finding nothing', async () => {
    const world = new World();
    const scan = world.scan({
      resourceManager: {
        ...world.resourceManager,
        probe: async () => {
          throw armFailure({ code: 'ACCESS_DENIED', status: 403 });
        },
      },
    });
    await assert.rejects(scan, { code: 'ACCESS_DENIED' });
    const report = JSON.parse(world.blobs.texts.get('scan-report.json') ?? '');
    assert.equal(report.outcome, 'failed');
    assert.equal(report.scopes[0].error.code, 'ACCESS_DENIED');
  });

  it('gives every scope its turn though one fails, and finds once what two of them hold', async () => {
    const world = new World();
    world.create('in-both');
    const subscription = SCOPE.slice(0, SCOPE.indexOf('/resourceGroups'));
    const failing = `${subscription}/resourceGroups/rg-other`;
    const scan = world.scan({
      scopes: [failing, subscription, SCOPE],
      resourceManager: {
        probe: world.resourceManager.probe,
        listPage: async (scope, page) => {
          if (scope === failing) throw armFailure({ code: 'NOT_FOUND', status: 404 });
          return world.resourceManager.listPage(scope, page);
        },
      },
    });
    await assert.rejects(scan, { code: 'NOT_FOUND' });
    assert.deepEqual(world.names, ['in-both']);
  });

  it('never lets a createdTime ahead of all clocks move the watermark past now', async () => {
    const world = new World();
    world.create('from-the-future', -1000);
    await world.scan();
    world.passHours(60);
    world.create('later');
    await world.scan();
    assert.deepEqual(world.names, ['from-the-future', 'later']);
  });

  it('keeps in mind no more than what the overlap needs', async () => {
    const world = new World();
    for (let day = 0; day < 10; day++) {
      world.create(`day ${day}`);
      await world.scan();
      world.passHours(24);
    }
    assert.equal(world.names.length, 10);
    // Three for the overlap, and one that a run on its way might still meet.
    assert.equal(Object.keys(world.checkpoint.seen).length, 4);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { armFailure, World } from './world.ts';

/** A gate that the first to come waits at until it is opened. */
function createGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  let isTaken = false;
  return {
    open: () => open(),
    arrived,
    async pass() {
      if (isTaken) return;
      isTaken = true;
      arrive();
      await opened;
    },
  };
}

describe('overlapping scans', () => {
  it('[23] hand everything on exactly once when one pauses between its read and its write', async () => {
    const world = new World();
    world.create('a');
    await world.scan();
    world.create('b');
    const gate = createGate();
    world.blobs.onWrite = (name) => (name === 'scan-checkpoint.json' ? gate.pass() : undefined);
    const paused = world.scan();
    await gate.arrived;
    world.create('c');
    await world.scan();
    gate.open();
    const report = await paused;
    assert.deepEqual(world.names.sort(), ['a', 'b', 'c']);
    assert.equal(world.blobs.conflicts, 1, 'the loser of 412 read again');
    assert.equal(report.newFindingCount, 0);
  });

  it('hand everything on exactly once, many at a time, from the first run on', async () => {
    const world = new World();
    world.pageSize = 4;
    for (let index = 0; index < 25; index++) world.create(`r${index}`);
    const reports = await Promise.all(Array.from({ length: 6 }, () => world.scan()));
    assert.equal(world.published.length, 25);
    assert.equal(new Set(world.names).size, 25);
    assert.equal(
      reports.reduce((sum, { newFindingCount }) => sum + newFindingCount, 0),
      25,
    );
  });

  it('leave alone what a living run is handing on', async () => {
    const world = new World();
    world.create('slow');
    const gate = createGate();
    world.onPublish = () => gate.pass();
    const slow = world.scan();
    await gate.arrived;
    const second = world.scan();
    setTimeout(() => gate.open(), 50);
    await Promise.all([slow, second]);
    assert.deepEqual(world.names, ['slow']);
  });

  it('let no run repeat what another has finished and forgotten', async () => {
    const world = new World();
    const lookbackMs = 30 * 86_400_000;
    world.create('ten days old', 240);
    world.create('fresh');
    const gate = createGate();
    world.onPage = (page) => (page === 1 ? gate.pass() : undefined);
    const paused = world.scan({ lookbackMs });
    await gate.arrived;
    await world.scan({ lookbackMs });
    gate.open();
    await paused;
    await world.scan({ lookbackMs });
    assert.deepEqual(world.names.sort(), ['fresh', 'ten days old']);
  });
});

describe('a scan that dies', () => {
  it('[25] while handing on: the next run hands the same on again', async () => {
    const world = new World();
    const { id } = world.create('a');
    world.onPublish = () => {
      throw new Error('killed');
    };
    await assert.rejects(world.scan());
    assert.deepEqual(world.names, []);
    world.onPublish = () => {};
    const report = await world.scan();
    assert.equal(report.newFindingCount, 1);
    assert.deepEqual(
      world.published.map((finding) => finding.id),
      [id],
    );
    await world.scan();
    assert.deepEqual(world.names, ['a']);
  });

  for (const killedAtWrite of [1, 2, 3, 4]) {
    it(`[25] at its write ${killedAtWrite}: nothing is lost`, async () => {
      const world = new World();
      world.create('a');
      world.create('b');
      let writes = 0;
      world.blobs.onWrite = (name) => {
        if (name === 'scan-checkpoint.json' && ++writes >= killedAtWrite) throw armFailure({});
      };
      await world.scan().catch(() => {});
      world.blobs.onWrite = () => {};
      world.passHours(1); // a claim of the dead is old by then
      await world.scan();
      assert.deepEqual([...new Set(world.names)].sort(), ['a', 'b']);
      const before = world.published.length;
      await world.scan();
      assert.equal(world.published.length, before);
    });
  }
});

describe('an unusable checkpoint', () => {
  const usable = async () => {
    const world = new World();
    world.create('a');
    await world.scan();
    return world;
  };

  it('[24] that is missing means the look-back again', async () => {
    const world = await usable();
    world.blobs.remove('scan-checkpoint.json');
    await world.scan();
    assert.deepEqual(world.names, ['a', 'a']);
  });

  const broken: Readonly<Record<string, (text: string) => string>> = {
    'that is cut': (text) => text.slice(0, text.length / 2),
    'that is empty': () => '',
    'that is not an object': () => '[]',
    'of an older schema': (text) => text.replace('"schemaVersion":1', '"schemaVersion":0'),
    'of a newer schema': (text) => text.replace('"schemaVersion":1', '"schemaVersion":2'),
    'with a watermark ahead': (text) => text.replace(/"watermark":"2026/, '"watermark":"2027'),
    'with a watermark that is no time': (text) =>
      text.replace(/"watermark":"[^"]+"/, '"watermark":"yesterday"'),
    'without seen ids': (text) => text.replace('"seen"', '"saw"'),
  };
  for (const [name, damage] of Object.entries(broken)) {
    it(`[24] ${name} is CONFIG_INVALID, and is not overwritten`, async () => {
      const world = await usable();
      const damaged = damage(JSON.stringify(world.checkpoint));
      world.blobs.put('scan-checkpoint.json', damaged);
      world.create('b');
      await assert.rejects(world.scan(), (error: Error & { code: string }) => {
        assert.equal(error.code, 'CONFIG_INVALID');
        assert.match(error.message, /scan-checkpoint\.json is not usable.*Nothing was overwritten/);
        return true;
      });
      assert.equal(world.blobs.texts.get('scan-checkpoint.json'), damaged);
      assert.deepEqual(world.names, ['a']);
    });
  }
});

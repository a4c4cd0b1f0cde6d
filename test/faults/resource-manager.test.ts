// Resource Manager under the rows that concern the list. The cuts of single calls: wire-faults.test.ts; pages without
// end: test/shared/scan/run-scan.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fault } from '../../local/azure/faults/fault.ts';
import { AppError } from '../../shared/errors.ts';
import { openScriptedDoor } from '../shared/scripted-door.ts';
import { subscriptionId } from '../support/local-azure.ts';
import { deleteResource } from './deploy-cases.ts';
import { openFaultLab } from './fault-lab.ts';
import type { WatchedApp } from './watched-app.ts';
import { isSilent, nameOf, wireFaults } from './wire-faults.ts';

const PAGE_SIZE = 10;
const lab = await openFaultLab(20 + 3 * wireFaults.length, {
  behaviour: { listPageSize: PAGE_SIZE },
});
const { azure } = lab;
const pagesCut = ([1, 2, 3] as const).flatMap((page) =>
  wireFaults.map((fault) => [page, fault] as const),
);
const stranger = await openScriptedDoor('management.azure.com.evil.example:443');

/** An app with so many pages to list. */
async function appWithPages(pages: number): Promise<WatchedApp> {
  const app = lab.app();
  await app.fault.createResources((pages - 1) * PAGE_SIZE + PAGE_SIZE / 2);
  return app;
}

/** Hits the list of the case alone, not the look at its group; `nth` is then the page. */
function armPage(app: WatchedApp, page: number, fault: Fault, times: number | 'always' = 'always') {
  return lab.arm(app, 'resource-manager', fault, {
    operation: `GET *${app.fault.groupName}/resources*`,
    nth: page,
    times,
  });
}

/** The list requests that were answered, `first` or `further` for its page. */
function pagesListed(app: WatchedApp, since: number): string[] {
  return lab
    .requestsAt(app, 'resource-manager', since)
    .filter((request) => /\/resources\?/.test(request))
    .map((request) => (/skiptoken/i.test(request) ? 'further' : 'first'));
}

describe('a page that fails', { concurrency: 26 }, () => {
  for (const page of [1, 2, 3] as const) {
    it(`Row 15: 429 at page ${page} with a short Retry-After: waits and goes on in the same run`, async () => {
      const app = await appWithPages(3);
      const busy = armPage(app, page, { kind: 'status', status: 429, retryAfter: '1' }, 2);
      const report = await app.scanFinishes();
      assert.equal(report.pages, 3);
      assert.equal(busy.hits(), 2);
      await app.keptItsPromises();
    });

    it(`Row 15: 429 at page ${page} with a Retry-After of 600 s: THROTTLED, stops at once, and goes on from there`, async () => {
      const app = await appWithPages(3);
      const busy = armPage(app, page, { kind: 'status', status: 429, retryAfter: '600' });
      const report = await app.scan();
      assert.ok(!(report instanceof AppError));
      assert.equal(report.outcome, 'cut');
      assert.equal(report.scopes[0]?.error?.code, 'THROTTLED');
      assert.equal(busy.hits(), 1, 'asked no more');
      busy.end();
      const since = azure.journal.position;
      await app.recovers(() => app.scanFinishes());
      assert.equal(pagesListed(app, since)[0], page === 1 ? 'first' : 'further');
      await app.keptItsPromises();
    });

    for (const status of [500, 503]) {
      it(`Row 16: ${status} at page ${page}: resumes there, and no page goes to the targets twice`, async () => {
        const app = await appWithPages(3);
        const failing = armPage(app, page, { kind: 'status', status });
        const error = await app.scan();
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'TARGET_UNAVAILABLE');
        assert.ok(error.message.includes(String(status)));
        assert.equal(app.published.length, (page - 1) * PAGE_SIZE);
        failing.end();
        const since = azure.journal.position;
        await app.recovers(() => app.scanFinishes());
        assert.equal(pagesListed(app, since)[0], page === 1 ? 'first' : 'further');
        await app.keptItsPromises();
      });
    }
  }

  for (const [page, fault] of pagesCut) {
    it(`Row 16: ${nameOf(fault)}, at page ${page}: resumes there`, async () => {
      const app = await appWithPages(3);
      const cut = armPage(app, page, fault, isSilent(fault) ? 'always' : 1);
      // Silence is cut by the run's own time.
      if (isSilent(fault)) await app.scan({ timeLimitMs: 5_000 });
      else await app.scanFinishes();
      assert.ok(cut.hits() >= 1);
      cut.end();
      await app.recovers(() => app.scanFinishes());
      await app.keptItsPromises();
    });
  }
});

describe('a list that changes or lies', { concurrency: true }, () => {
  it('Row 18: a resource on two pages, in another case: one event', async () => {
    const app = await appWithPages(2);
    const [{ id = '', createdTime = '' } = {}] = app.created;
    const doubled = armPage(app, 2, {
      kind: 'wrongBody',
      body: JSON.stringify({
        value: [{ id: id.toUpperCase(), name: 'x', type: 'y', createdTime }],
      }),
    });
    await app.scanFinishes();
    doubled.end();
    await app.scanFinishes();
    await app.keptItsPromises();
  });

  it('Row 18: resources deleted and created between two pages: each that is there once, none lost', async () => {
    const app = await appWithPages(2);
    const { resourceManager } = app.services;
    const victim = app.created[0]?.id ?? '';
    let pages = 0;
    await app.scanFinishes({
      resourceManager: {
        ...resourceManager,
        probe: (scope) => resourceManager.probe(scope),
        async listPage(scope, page) {
          if (++pages === 2) {
            await deleteResource(azure, victim);
            await app.fault.createResources(3);
          }
          return resourceManager.listPage(scope, page);
        },
      },
    });
    await app.scanFinishes();
    const names = app.published.map(({ id }) => id);
    assert.equal(names.filter((id) => id === victim).length, 1, 'it was there when it was listed');
    app.published.splice(names.indexOf(victim), 1);
    await app.keptItsPromises();
  });

  it('Row 19: deleted and created again under the same id: two events with two ids', async () => {
    const app = await appWithPages(1);
    await app.scanFinishes();
    const [{ id = '' } = {}] = app.created;
    await deleteResource(azure, id);
    await app.fault.createResource(id.slice(id.lastIndexOf('/') + 1));
    await app.scanFinishes();
    const events = app.published.filter((finding) => finding.id === id);
    assert.equal(events.length, 2);
    assert.notEqual(events[0]?.eventId, events[1]?.eventId);
    assert.ok((events[0]?.createdTime ?? '') < (events[1]?.createdTime ?? ''));
    app.published.splice(app.published.indexOf(events[0] as never), 1);
    await app.keptItsPromises();
  });

  it('Row 20: no createdTime: listed as unreadable, and found when it has one', async () => {
    const app = await appWithPages(1);
    const undated = app.created.map(({ id }) => ({ id, name: 'x', type: 'y' }));
    const order = armPage(app, 1, {
      kind: 'wrongBody',
      body: JSON.stringify({ value: undated }),
    });
    const report = await app.scanFinishes();
    assert.equal(report.unreadableCount, undated.length);
    assert.deepEqual(report.unreadable.toSorted(), undated.map(({ id }) => id).toSorted());
    assert.deepEqual(app.published, []);
    order.end();
    await app.scanFinishes();
    await app.keptItsPromises();
  });

  for (const [name, nextLink] of [
    ['to itself', (own: string) => own],
    ['to a foreign host', (own: string) => own.replace('azure.com', 'azure.com.evil.example')],
  ] as const) {
    it(`Row 21: a nextLink ${name}: UNEXPECTED, the run ends and no token leaves`, async () => {
      const app = await appWithPages(1);
      const own = `https://management.azure.com${app.fault.groupId}/resources?api-version=2025-04-01&%24skiptoken=cGxhY2UgMQ`;
      const since = azure.journal.position;
      const lie = armPage(app, 1, {
        kind: 'wrongBody',
        body: JSON.stringify({ value: [], nextLink: nextLink(own) }),
      });
      const error = await app.scan();
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'UNEXPECTED');
      assert.ok(pagesListed(app, since).length <= 3);
      assert.deepEqual(stranger.requests, []);
      lie.end();
      await app.recovers(() => app.scanFinishes());
      await app.keptItsPromises();
    });
  }

  it('Row 22: the time limit strikes in the middle of many pages: goes on from its page until all is found', async () => {
    const app = await appWithPages(6);
    const slow = armPage(app, 1, { kind: 'slow', delayMs: 700 });
    let runs = 0;
    const since = azure.journal.position;
    for (let outcome = ''; outcome !== 'finished'; runs++) {
      assert.ok(runs < 10, 'it gets on');
      const report = await app.scan({ timeLimitMs: 3_200 });
      assert.ok(!(report instanceof AppError), String(report));
      outcome = report.outcome;
    }
    assert.ok(runs >= 2, 'it was cut');
    slow.end();
    const pages = pagesListed(app, since);
    assert.equal(pages.filter((page) => page === 'first').length, 1, 'never from the beginning');
    // The one that a run gives up for want of time is asked for again.
    assert.ok(pages.length <= 6 + runs);
    await app.keptItsPromises();
  });
});

describe('a scan of', () => {
  it('a whole subscription in its settings: the same in its groups, once', async () => {
    const app = lab.app({ SCAN_SCOPES: `/subscriptions/${subscriptionId}` });
    await app.fault.createResources(2);
    await app.refuses('getScan', 'NOT_FOUND');
    const denied = await app.scan();
    assert.ok(denied instanceof AppError);
    assert.equal(denied.code, 'ACCESS_DENIED');
    assert.equal(denied.access?.scope, `/subscriptions/${subscriptionId}`);
    lab.grantReader(app, `/subscriptions/${subscriptionId}`);
    const report = await app.scanFinishes();
    assert.ok(report.pages > 3);
    const groups = new Set(app.published.map(({ id }) => id.split('/')[4]?.toLowerCase()));
    assert.ok(groups.has('rg-app') && groups.has(app.fault.groupName));
    assert.equal(new Set(app.published.map(({ eventId }) => eventId)).size, app.published.length);
    assert.equal((await app.scanFinishes()).newFindingCount, 0);
  });
});

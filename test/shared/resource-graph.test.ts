// The scan by Resource Graph on the embedded Azure: one request where nothing is new, whatever there is.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { AppError } from '../../shared/errors.ts';
import { createResourceGraph } from '../../shared/resource-graph.ts';
import { runScan } from '../../shared/scan/run-scan.ts';
import {
  addIdentity,
  credentialOf,
  grant,
  subscriptionId,
  useLocalAzure,
} from '../support/local-azure.ts';
import { deployApp } from './deployed-app.ts';

const azure = await useLocalAzure();
const app = await deployApp(azure, { scanFeed: 'resourceGraph' });
const services = app.createServices();
const scope = `/subscriptions/${subscriptionId}`;

function scan(feed = true) {
  const needed = services.settings.need('SCAN_SCOPES', 'SCAN_LOOKBACK', 'SCAN_OVERLAP');
  const { SCAN_FEED, SCAN_RECONCILE } = services.settings.need('SCAN_FEED', 'SCAN_RECONCILE');
  assert.equal(SCAN_FEED, 'resourceGraph');
  return runScan({
    scopes: needed.SCAN_SCOPES,
    lookbackMs: needed.SCAN_LOOKBACK,
    overlapMs: needed.SCAN_OVERLAP,
    resourceManager: services.resourceManager,
    ...(feed && {
      feed: { resourceGraph: services.resourceGraph, reconcileMs: SCAN_RECONCILE },
    }),
    blobs: services.scanBlobs,
    publish: async () => {},
    log: { info() {}, warn() {}, error() {} },
    timeLimitMs: 9_000,
  });
}

const requestsSince = (since: number) =>
  azure.journal.since(since).flatMap((entry) => {
    if (entry.kind !== 'request' || entry.door !== 'resource-manager') return [];
    return [`${entry.method} ${entry.target.replace(/\?.*/, '')}`];
  });

function addThing(name: string): string {
  const id = `${app.groupId}/providers/Microsoft.Test/things/${name}`;
  const createdTime = new Date().toISOString().replace('Z', '0000Z');
  azure.resourceManager.addResource({
    ...{ id, name, type: 'Microsoft.Test/things', apiVersion: '2024-01-01' },
    location: 'westeurope',
    properties: {},
    createdTime,
    changedTime: createdTime,
  });
  return id;
}

const QUERY = 'POST /providers/Microsoft.ResourceGraph/resources';

describe('the scan by Resource Graph', () => {
  it('finds what the deployment made by the list, once, and is one request from then on', async () => {
    const first = await scan();
    assert.ok(first.newFindings.some(({ id }) => id === app.siteId));
    // Storage tells whole seconds: what changed within the last one is looked up once more.
    await scan();
    const since = azure.journal.position;
    const second = await scan();
    assert.equal(second.outcome, 'finished');
    assert.equal(second.newFindingCount, 0);
    assert.deepEqual(requestsSince(since), [QUERY]);
  });

  it('finds a new one by its change, under the name that the list gives it', async () => {
    const id = addThing('by-change');
    const since = azure.journal.position;
    const { newFindings } = await scan();
    assert.deepEqual(
      newFindings.map((finding) => finding.id),
      [id],
    );
    assert.deepEqual(requestsSince(since), [QUERY, `GET ${app.groupId.toLowerCase()}/resources`]);
    const again = await scan(false);
    assert.equal(again.newFindingCount, 0, 'the list finds the same event');
  });

  it('finds by its next pass over the list what the feed never shows', async () => {
    azure.behaviour.set({ changeDelayMs: [{ id: '*/unseen', delayMs: Number.MAX_SAFE_INTEGER }] });
    const id = addThing('unseen');
    assert.equal((await scan()).newFindingCount, 0);
    const { newFindings } = await scan(false);
    assert.deepEqual(
      newFindings.map((finding) => finding.id),
      [id],
    );
  });
});

describe('a query of Resource Graph', () => {
  afterEach(() => azure.limits.set({}));
  const graphOf = (principal: Parameters<typeof credentialOf>[1]) =>
    createResourceGraph(credentialOf(azure, principal), () => principal.principalId);

  it('follows the pages', async () => {
    const reader = addIdentity(azure, 'reader');
    grant(azure, reader, 'Reader', scope);
    for (let index = 0; index < 1_005; index++) addThing(`many-${index}`);
    const graph = graphOf(reader);
    const first = await graph.listCreations([app.groupId], '2020-01-01T00:00:00.000Z');
    assert.equal(first.creations.length, 1000);
    const second = await graph.listCreations(
      [app.groupId],
      '2020-01-01T00:00:00.000Z',
      first.nextPage,
    );
    assert.equal(second.nextPage, undefined);
    const ids = [...first.creations, ...second.creations].map(({ resourceId }) => resourceId);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.length > 1_005);
    const later = await graph.listCreations([app.groupId], new Date(Date.now() + 1).toISOString());
    assert.deepEqual(later, { creations: [] });
  });

  it('shows nothing and refuses nothing to whoever may read nothing', async () => {
    const graph = graphOf(addIdentity(azure, 'stranger'));
    const since = '2020-01-01T00:00:00.000Z';
    assert.deepEqual(await graph.listCreations([scope], since), { creations: [] });
  });

  it('waits while it is throttled and there is time', async () => {
    const reader = addIdentity(azure, 'impatient');
    grant(azure, reader, 'Reader', app.groupId);
    azure.limits.set({ resourceGraph: { queries: 1, windowSeconds: 1 } });
    const graph = graphOf(reader);
    const now = new Date().toISOString();
    const since = azure.journal.position;
    for (let query = 0; query < 2; query++) await graph.listCreations([app.groupId], now);
    assert.deepEqual(
      azure.journal
        .since(since)
        .flatMap((entry) => (entry.kind === 'request' ? [entry.status] : [])),
      [200, 429, 200],
    );
  });

  it('names what was refused', async () => {
    const graph = graphOf(addIdentity(azure, 'lost'));
    const elsewhere = '/subscriptions/11111111-1111-1111-1111-111111111111';
    await assert.rejects(
      graph.listCreations([elsewhere], '2020-01-01T00:00:00.000Z'),
      (error: AppError) => {
        assert.equal(error.code, 'UNEXPECTED');
        assert.equal(error.status, 400);
        assert.match(error.message, /answered 400 BadRequest to: ask Resource Graph/);
        return true;
      },
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAccess } from '../../../../local/azure/access/authorize.ts';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { Journal } from '../../../../local/azure/journal.ts';
import { createReadableFilter } from '../../../../local/azure/resource-manager/readable-resources.ts';
import type { Resource } from '../../../../local/azure/resource-manager/resource.ts';
import {
  type ResourceObserver,
  ResourceStore,
} from '../../../../local/azure/resource-manager/resource-store.ts';
import { roles } from './open-resource-manager.ts';

const SUBSCRIPTION = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e';
const group = (name: string) => `${SUBSCRIPTION}/resourceGroups/${name}`;

function thing(name: string, inGroup = 'rg-a', tags?: Record<string, string>): Resource {
  return {
    id: `${group(inGroup)}/providers/Microsoft.Test/things/${name}`,
    name,
    type: 'Microsoft.Test/things',
    apiVersion: '2024-01-01',
    location: 'westeurope',
    ...(tags && { tags }),
    properties: {},
    createdTime: '2026-01-01T00:00:00.0000000Z',
    changedTime: '2026-01-01T00:00:00.0000000Z',
  };
}

const namesOf = (resources: Iterable<Resource>) => Array.from(resources, ({ name }) => name);

describe('the store of resources', () => {
  it('lists what lies in a scope in the order of creation, from any place on', () => {
    const store = new ResourceStore();
    for (const name of ['a', 'b', 'c']) {
      store.save(thing(name));
      store.save(thing(name.toUpperCase(), 'rg-a2'));
    }
    assert.deepEqual(namesOf(store.listAfter(SUBSCRIPTION, 0)), ['a', 'A', 'b', 'B', 'c', 'C']);
    assert.deepEqual(namesOf(store.listAfter(group('RG-A'), 0)), ['a', 'b', 'c']);
    const place = store.placeOf(thing('a'));
    assert.deepEqual(namesOf(store.listAfter(group('rg-a'), place)), ['b', 'c']);
    assert.deepEqual(namesOf(store.listAfter(SUBSCRIPTION, store.placeOf(thing('c')))), ['C']);
    assert.deepEqual(namesOf(store.listAfter(group('none'), 0)), []);
    assert.deepEqual(namesOf(store.below(thing('a').id)), []);
  });

  it('keeps the place of what is replaced, and gives a new one to what is created again', () => {
    const store = new ResourceStore();
    for (const name of ['a', 'b', 'c']) store.save(thing(name));
    store.save(thing('a', 'rg-a', { changed: 'yes' }));
    store.remove(thing('B').id);
    store.save(thing('b'));
    assert.deepEqual(namesOf(store.listAfter(group('rg-a'), 0)), ['a', 'c', 'b']);
    assert.deepEqual(namesOf(store.all()), ['a', 'c', 'b']);
  });

  it('goes on behind a place whose resource is gone, however many are', () => {
    const store = new ResourceStore();
    const all = Array.from({ length: 500 }, (_, index) => thing(String(index)));
    for (const one of all) store.save(one);
    const place = store.placeOf(thing('100'));
    for (const one of all.filter((_, index) => index % 5 !== 4)) store.remove(one.id);
    const rest = namesOf(store.listAfter(group('rg-a'), place));
    assert.deepEqual(
      rest,
      all.map(({ name }) => name).filter((_, index) => index > 100 && index % 5 === 4),
    );
  });

  it('reads a late page of 100,000 without going through the early ones', () => {
    const store = new ResourceStore();
    for (let index = 0; index < 100_000; index++) {
      store.save(thing(String(index), `rg-${index % 100}`));
    }
    const place = store.placeOf(thing('99000', 'rg-0'));
    const startedMs = performance.now();
    for (let page = 0; page < 10_000; page++) {
      const { value } = store.listAfter(SUBSCRIPTION, place).next();
      assert.equal(value?.name, '99001');
    }
    assert.ok(performance.now() - startedMs < 5_000, 'not a thousand million steps');
  });

  it('tells of each change, with what was before and after', () => {
    const told: Parameters<ResourceObserver>[0][] = [];
    const store = new ResourceStore((change) => told.push(change));
    const [first, second] = [thing('a'), thing('a', 'rg-a', { changed: 'yes' })];
    store.save(first);
    store.save(second);
    store.remove(first.id, 'me');
    store.remove(first.id, 'me');
    assert.deepEqual(told, [
      { after: first },
      { before: first, after: second },
      { before: second, removedBy: 'me' },
    ]);
  });
});

describe('what of a list may be read', () => {
  it('is decided once for each type and assignment above, not for each resource', () => {
    const journal = new Journal(new MovableClock());
    const access = createAccess({ journal });
    const caller = {
      ...{ principalId: 'P', clientId: 'c', tenantId: 't', audience: '', issuer: '' },
    };
    const assign = (scope: string) =>
      access.addAssignment({
        ...{ id: `${scope}/x`, scope, principalId: 'p', roleDefinitionId: roles.reader },
      });
    assign(group('RG-1'));
    assign(thing('8', 'rg-2').id);
    assign('/subscriptions/other');
    const isReadable = createReadableFilter({ access }, caller, SUBSCRIPTION);
    const all = Array.from({ length: 900 }, (_, index) => thing(String(index), `rg-${index % 3}`));
    const readable = all.filter(isReadable);
    assert.equal(readable.filter(({ id }) => id.includes('/rg-1/')).length, 300);
    assert.deepEqual(
      readable.filter(({ id }) => !id.includes('/rg-1/')).map(({ id }) => id),
      [thing('8', 'rg-2').id],
    );
    const decisions = journal.since().filter(({ kind }) => kind === 'decision');
    assert.equal(decisions.length, 3, 'the subscription, the group and the one resource');
  });
});

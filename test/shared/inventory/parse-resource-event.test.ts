// Any Sender can put any event on the topic: what is taken for a finding, and what never is.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  OtherEvent,
  parseResourceEvent,
  Unrecordable,
} from '../../../shared/inventory/parse-resource-event.ts';
import { toResourceEvent } from '../../../shared/inventory/resource-event.ts';
import { eventIdOf, type Finding, toFinding } from '../../../shared/scan/finding.ts';

const SUBSCRIPTION = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e';
const GROUP = `${SUBSCRIPTION}/resourceGroups/rg-app`;
const NOW = new Date('2026-11-25T02:00:00Z');

function findingOf(id: string, type: string, createdTime = '2026-11-24T11:20:15.123Z'): Finding {
  const listed = { id, type, location: 'westeurope', createdTime: new Date(createdTime) };
  return toFinding(listed) ?? assert.fail();
}

const FINDING = findingOf(
  `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-1`,
  'Microsoft.KeyVault/vaults',
);
const EVENT = toResourceEvent(FINDING);
const read = (body: unknown, scopes = [GROUP]) => parseResourceEvent(body, scopes, NOW);

/** The event as JSON has it, with other attributes or other data. */
const changed = (attributes: object = {}, data: object = {}) =>
  JSON.parse(JSON.stringify({ ...EVENT, ...attributes, data: { ...EVENT.data, ...data } }));

function reasonFor(body: unknown, scopes?: string[]): string {
  try {
    read(body, scopes);
  } catch (error) {
    assert.ok(error instanceof Unrecordable, String(error));
    assert.ok(error.message.length > 10 && error.message.length < 300);
    return error.reason;
  }
  return 'taken';
}

it('an event of another type is nothing to record, and nothing to reject', () => {
  assert.throws(() => read(changed({ type: 'com.example.other' })), OtherEvent);
});

describe("the scan's own event", () => {
  it('is read as the finding that it was made of', () => {
    assert.deepEqual(read(changed()), FINDING);
  });

  for (const [id, type] of [
    [`${GROUP}/providers/Microsoft.Sql/servers/s/databases/d`, 'Microsoft.Sql/servers/databases'],
    [
      `${GROUP}/providers/Microsoft.Web/sites/x/providers/Microsoft.Insights/diagnosticSettings/d`,
      'microsoft.insights/diagnosticsettings',
    ],
    [`${SUBSCRIPTION}/providers/Microsoft.Security/pricings/p`, 'Microsoft.Security/pricings'],
    [`${GROUP}/providers/Microsoft.Web/sites/ä ö (1)`, 'Microsoft.Web/sites'],
  ] as const) {
    it(`is read for ${id.slice(SUBSCRIPTION.length)}`, () => {
      const finding = findingOf(id, type);
      const body = JSON.parse(JSON.stringify(toResourceEvent(finding)));
      assert.deepEqual(read(body, [SUBSCRIPTION.toUpperCase()]), finding);
    });
  }

  it('is the same for whoever makes it, and has one partition key in a group', () => {
    const other = toResourceEvent(findingOf(FINDING.id.toUpperCase(), FINDING.type));
    assert.equal(other.id, EVENT.id);
    assert.equal(other.partitionkey, EVENT.partitionkey);
    assert.match(EVENT.partitionkey ?? '', /^[0-9a-f]{32}$/);
    const elsewhere = FINDING.id.replace('rg-app', 'rg-other');
    assert.notEqual(
      toResourceEvent(findingOf(elsewhere, FINDING.type)).partitionkey,
      EVENT.partitionkey,
    );
  });
});

describe('[T11] a message that can never be recorded is told by its reason', () => {
  const cases: Readonly<Record<string, readonly [body: unknown, reason: string]>> = {
    'not JSON': ['hello', 'NotJson'],
    empty: ['', 'NotJson'],
    null: [null, 'NotJson'],
    'a number': [5, 'NotJson'],
    'an array': [[changed()], 'NotACloudEvent'],
    'an object': [{}, 'NotACloudEvent'],
    'version 0.3': [changed({ specversion: '0.3' }), 'NotACloudEvent'],
    'no data': [{ ...changed(), data: undefined }, 'BadData'],
    'data as text': [{ ...changed(), data: JSON.stringify(EVENT.data) }, 'BadData'],
    'version 2 of the schema': [changed({}, { schemaVersion: 2 }), 'BadData'],
    'the year 1601': [changed({}, { createdTime: '1601-01-01T00:00:00.000Z' }), 'BadData'],
    'the year 9999': [changed({}, { createdTime: '9999-01-01T00:00:00.000Z' }), 'BadData'],
    'no time': [changed({}, { createdTime: 'yesterday' }), 'BadData'],
    'a time in another form': [changed({}, { createdTime: '2026-11-24T11:20:15Z' }), 'BadData'],
    'a name of 5,000 characters': [changed({}, { name: 'n'.repeat(5_000) }), 'BadData'],
    '1,000 tags': [
      changed(
        {},
        { tags: Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`t${n}`, 'v'])) },
      ),
      'BadData',
    ],
    '256 KB': [changed({}, { location: 'x'.repeat(262_144) }), 'BadData'],
    'an id that is none': [changed({}, { resourceId: '/etc/passwd' }), 'BadData'],
    'a foreign key': [changed({ id: crypto.randomUUID() }), 'WrongKey'],
    'the key of another time': [
      changed({}, { createdTime: '2026-11-24T11:20:15.124Z' }),
      'WrongKey',
    ],
    'a foreign subject': [changed({ subject: `${FINDING.id}2` }), 'WrongKey'],
    'a foreign source': [changed({ source: '/subscriptions/x' }), 'WrongKey'],
    'a foreign partition key': [changed({ partitionkey: 'k' }), 'WrongKey'],
    'a foreign type': [changed({}, { resourceType: 'Microsoft.Web/sites' }), 'WrongKey'],
  };
  for (const [name, [body, reason]] of Object.entries(cases)) {
    it(`${name}: ${reason}`, () => assert.equal(reasonFor(body), reason));
  }

  it('a resource of another subscription, or of a group whose name only begins alike', () => {
    for (const id of [
      FINDING.id.replace('aaaa0a0a', 'bbbb0b0b'),
      FINDING.id.replace('rg-app', 'rg-app2'),
    ]) {
      const forged = JSON.parse(JSON.stringify(toResourceEvent(findingOf(id, FINDING.type))));
      assert.equal(reasonFor(forged), 'ForeignScope');
    }
  });

  it('whatever it is, it is never taken unless its key is the computed one', () => {
    const anyBody = fc.oneof(
      fc.anything(),
      fc
        .tuple(
          fc.dictionary(fc.string(), fc.jsonValue()),
          fc.dictionary(fc.string(), fc.jsonValue()),
        )
        .map(([attributes, data]) => changed(attributes, data)),
    );
    fc.assert(
      fc.property(anyBody, (body) => {
        if (reasonFor(body) !== 'taken') return;
        const { eventId, id, createdTime } = read(body);
        assert.equal(eventId, eventIdOf(id, createdTime));
      }),
    );
  });
});

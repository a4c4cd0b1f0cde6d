import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { v5 as uuidv5, validate, version } from 'uuid';
import { EVENT_NAMESPACE, eventIdOf, toFinding } from '../../../shared/scan/finding.ts';

const ID =
  '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e/resourceGroups/rg/providers/Microsoft.Test/things/a';
const CREATED = '2026-11-25T12:00:00.123Z';

describe('the event id', () => {
  it('is the UUIDv5 that the uuid package makes of id and createdTime, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.date({ noInvalidDate: true }), (id, date) => {
        const createdTime = date.toISOString();
        assert.equal(
          eventIdOf(id, createdTime),
          uuidv5(`${id.toLowerCase()}|${createdTime}`, EVENT_NAMESPACE),
        );
      }),
      { seed: 5 },
    );
  });

  it('never changes from release to release', () => {
    assert.equal(eventIdOf(ID, CREATED), '77b6bfe2-9712-5ce0-bd43-033fde3006ed');
    assert.equal(version(eventIdOf(ID, CREATED)), 5);
    assert.ok(validate(EVENT_NAMESPACE));
  });

  it('is the same in whatever case the id comes, and another for another createdTime', () => {
    assert.equal(eventIdOf(ID.toUpperCase(), CREATED), eventIdOf(ID, CREATED));
    assert.notEqual(eventIdOf(ID, '2026-11-25T12:00:00.124Z'), eventIdOf(ID, CREATED));
  });

  it('is not given to what has no id or no time', () => {
    assert.equal(toFinding({ id: ID }), undefined);
    assert.equal(toFinding({ createdTime: new Date(CREATED) }), undefined);
    assert.equal(toFinding({ id: ID, createdTime: new Date(Number.NaN) }), undefined);
    assert.equal(
      toFinding({ id: ID, createdTime: new Date(CREATED) })?.eventId,
      eventIdOf(ID, CREATED),
    );
  });
});

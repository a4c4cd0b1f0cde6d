// [faults-and-threats 4, list-resources] What the list may be asked for; everything else is refused by its name.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dateOfTicks, textOfTicks, ticksOfText } from '../../../shared/database/datetime2.ts';
import { AppError } from '../../../shared/errors.ts';
import { writeContinuation } from '../../../shared/inventory/continuation.ts';
import { readListQuery } from '../../../shared/inventory/list-query.ts';

const read = (query: Record<string, string>) => readListQuery(new URLSearchParams(query));
const EVENT_ID = '0f8fad5b-d9cb-469f-a165-70867728950e';

function refusalOf(query: Record<string, string>): string {
  try {
    read(query);
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'INPUT_INVALID');
    return error.message;
  }
  return assert.fail('it was taken');
}

describe('the query of listResources', () => {
  it('has 50 resources of all types by default', () => {
    const { top, type, createdAfterTicks, after } = read({});
    assert.deepEqual([top, type, createdAfterTicks, after], [50, undefined, undefined, undefined]);
  });

  for (const top of ['0', '-1', '1e9', '10;--', '501', '1.5', '', ' 1', 'NaN', '0x10']) {
    it(`refuses top=${JSON.stringify(top)}`, () => {
      assert.match(refusalOf({ top }), /^top must be/);
    });
  }

  for (const type of ['', 'a\u0000b', 'x'.repeat(4_001), '\ud800', 'a\nb']) {
    it(`refuses type=${JSON.stringify(type.slice(0, 20))}`, () => {
      // A lone surrogate is no URL's; it is read as it is.
      const query = { get: (name: string) => (name === 'type' ? type : null) };
      assert.throws(() => readListQuery(query), {
        code: 'INPUT_INVALID',
        message: /^type must be/,
      });
    });
  }

  for (const type of [
    "'; DROP TABLE inventory.Resource; --",
    '%',
    '_',
    '[',
    '😀',
    "x' OR '1'='1",
  ]) {
    it(`takes type=${JSON.stringify(type)} as data`, () => {
      assert.equal(read({ type }).type, type);
    });
  }

  for (const createdAfter of [
    '0000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-11-25T06:00:00',
    '2026-11-25',
    '2026-11-25T06:00:60Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    'yesterday',
    '',
    "2026-11-25T06:00:00Z' --",
  ]) {
    it(`refuses createdAfter=${createdAfter}`, () => {
      assert.match(refusalOf({ createdAfter }), /^createdAfter must be/);
    });
  }

  it('takes a time of any zone, to 100 ns', () => {
    const { createdAfterTicks = 0n } = read({ createdAfter: '2026-11-25T07:00:00.1234567+01:00' });
    assert.equal(textOfTicks(createdAfterTicks), '2026-11-25T06:00:00.1234567Z');
  });
});

describe('a continuation', () => {
  const place = { createdAtTicks: ticksOfText('2026-11-25T06:00:00.1234567Z'), eventId: EVENT_ID };
  const { filter } = read({ type: 'Microsoft.Web/sites' });
  const continuation = writeContinuation(place, filter);

  it('comes back as the place that it was made of, whatever the size of the page', () => {
    const query = read({ type: 'microsoft.web/SITES', continuation, top: '7' });
    assert.deepEqual(query.after, place);
  });

  for (const [name, query] of Object.entries({
    'of another type': { type: 'Microsoft.Sql/servers', continuation },
    'of no filter': { continuation },
    'of another time': {
      type: 'Microsoft.Web/sites',
      createdAfter: '2026-01-01T00:00:00Z',
      continuation,
    },
    cut: { type: 'Microsoft.Web/sites', continuation: continuation.slice(0, -1) },
    longer: { type: 'Microsoft.Web/sites', continuation: `${continuation}A` },
    empty: { continuation: '' },
    'of a mebibyte': { continuation: 'A'.repeat(1_048_576) },
  })) {
    it(`${name} is refused`, () => {
      assert.match(refusalOf(query), /^continuation must be/);
    });
  }

  it('is refused with any character changed', () => {
    const at = fc.nat(continuation.length - 1);
    const letter = fc.constantFrom(...'ABCDEFGHabcdefgh01234567-_');
    fc.assert(
      fc.property(at, letter, (index, character) => {
        fc.pre(continuation[index] !== character);
        const forged = continuation.slice(0, index) + character + continuation.slice(index + 1);
        assert.match(
          refusalOf({ type: 'Microsoft.Web/sites', continuation: forged }),
          /^continuation must be/,
        );
      }),
    );
  });
});

describe('a datetime2 in ticks', () => {
  it('is the same as text and as the date that the driver sends', () => {
    const ticks = fc.bigInt({
      min: ticksOfText('0001-01-01T00:00:00Z'),
      max: ticksOfText('9999-12-31T23:59:59.9999999Z'),
    });
    fc.assert(
      fc.property(ticks, (value) => {
        assert.equal(ticksOfText(textOfTicks(value)), value);
        const { nanosecondDelta = 0 } = dateOfTicks(value) as Date & { nanosecondDelta?: number };
        const whole = BigInt(dateOfTicks(value).getTime()) * 10_000n;
        assert.equal(whole + BigInt(Math.round(nanosecondDelta * 1e7)), value);
      }),
    );
  });
});

// Values of every type, there and back: as parameters, as columns, and as output parameters.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from '../../../../local/azure/tds/byte-reader.ts';
import { ByteWriter } from '../../../../local/azure/tds/byte-writer.ts';
import type { SqlType, SqlValue } from '../../../../local/azure/tds/sql-type.ts';
import { dateText, daysOf } from '../../../../local/azure/tds/types/calendar.ts';
import { fromUnits } from '../../../../local/azure/tds/types/decimal.ts';
import { readType } from '../../../../local/azure/tds/types/read-type.ts';
import { readValue } from '../../../../local/azure/tds/types/read-value.ts';
import { writeType } from '../../../../local/azure/tds/types/write-type.ts';
import { valueWriter } from '../../../../local/azure/tds/types/write-value.ts';

const place = { ordinal: 1, name: '@p' };

function thereAndBack(
  type: SqlType,
  value: SqlValue,
  nullable = true,
): { type: SqlType; value: SqlValue } {
  const writer = new ByteWriter(1);
  writeType(writer, type, nullable);
  valueWriter(type, nullable)(writer, value);
  const reader = new ByteReader(writer.copy());
  const wire = readType(reader, place);
  const back = readValue(reader, wire, place);
  assert.equal(reader.remaining, 0);
  return { type: wire.type, value: back };
}

/** Text without halves of surrogate pairs is all that UTF-16 must keep; halves are kept too. */
const text = (maxLength: number) =>
  fc.string({ maxLength, unit: 'binary' }).map((t) => t.slice(0, maxLength));
const latin = (maxLength: number) =>
  fc.string({ maxLength, unit: fc.constantFrom(...'aZ09 \u00e9\u00ff\u20ac\u2122\u0178~\u0081') });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const day = fc.integer({ min: 0, max: 3_652_058 }).map(dateText);
const time = (scale: number) =>
  fc.integer({ min: 0, max: 86_400 * 10 ** scale - 1 }).map((units) => {
    const seconds = Math.floor(units / 10 ** scale);
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const fraction = String(units % 10 ** scale).padStart(scale, '0');
    return (
      parts.map((part) => String(part).padStart(2, '0')).join(':') + (scale ? `.${fraction}` : '')
    );
  });
const scale = fc.integer({ min: 0, max: 7 });

const typed = (type: SqlType, values: fc.Arbitrary<SqlValue>) =>
  fc.record({ type: fc.constant(type), value: fc.option(values) });

const decimals = fc
  .integer({ min: 1, max: 38 })
  .chain((precision) =>
    fc.record({ precision: fc.constant(precision), scale: fc.integer({ min: 0, max: precision }) }),
  )
  .chain(({ precision, scale: places }) => {
    const most = 10n ** BigInt(precision) - 1n;
    const values = fc.bigInt({ min: -most, max: most }).map((units) => fromUnits(units, places));
    return typed({ name: 'decimal', precision, scale: places }, values);
  });

const scaled = scale.chain((places) =>
  fc.oneof(
    typed({ name: 'time', scale: places }, time(places)),
    typed(
      { name: 'datetime2', scale: places },
      fc.tuple(day, time(places)).map((parts) => parts.join(' ')),
    ),
    typed(
      { name: 'datetimeoffset', scale: places },
      fc
        .tuple(
          fc.integer({ min: 1, max: 3_652_057 }).map(dateText),
          time(places),
          fc.integer({ min: -840, max: 840 }),
        )
        .map(([date, clock, offset]) => {
          const minutes = Math.abs(offset);
          const parts = [Math.floor(minutes / 60), minutes % 60].map((part) =>
            String(part).padStart(2, '0'),
          );
          return `${date} ${clock} ${offset < 0 ? '-' : '+'}${parts.join(':')}`;
        }),
    ),
  ),
);

const anything = fc.oneof(
  typed({ name: 'bit' }, fc.constantFrom(0, 1)),
  typed({ name: 'tinyint' }, fc.integer({ min: 0, max: 255 })),
  typed({ name: 'smallint' }, fc.integer({ min: -32_768, max: 32_767 })),
  typed({ name: 'int' }, fc.integer()),
  typed({ name: 'bigint' }, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  typed({ name: 'real' }, fc.float({ noNaN: true, noDefaultInfinity: true })),
  typed({ name: 'float' }, fc.double({ noNaN: true, noDefaultInfinity: true })),
  typed(
    { name: 'money' },
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((units) => fromUnits(units, 4)),
  ),
  typed(
    { name: 'smallmoney' },
    fc.integer().map((units) => fromUnits(BigInt(units), 4)),
  ),
  typed({ name: 'date' }, day),
  typed(
    { name: 'uniqueidentifier' },
    fc.uuid().map((id) => id.toUpperCase()),
  ),
  decimals,
  scaled,
  ...(['nchar', 'nvarchar'] as const).flatMap((name) => [
    typed({ name, length: 30 }, text(30)),
    ...(name === 'nvarchar' ? [typed({ name, length: 'max' }, text(5000))] : []),
  ]),
  ...(['char', 'varchar'] as const).map((name) => typed({ name, length: 30 }, latin(30))),
  typed({ name: 'varchar', length: 'max' }, latin(5000)),
  ...(['binary', 'varbinary'] as const).map((name) => typed({ name, length: 30 }, bytes(30))),
  typed({ name: 'varbinary', length: 'max' }, bytes(5000)),
);

describe('values', () => {
  it('come back as they were, with their type', () => {
    fc.assert(
      fc.property(anything, ({ type, value }) => {
        assert.deepEqual(thereAndBack(type, value), { type, value });
        if (value !== null) assert.deepEqual(thereAndBack(type, value, false), { type, value });
      }),
      { numRuns: 2000 },
    );
  });

  it('of datetime are rounded to its three hundredths of a second', () => {
    for (const [given, back] of [
      ['.000', '.000'],
      ['.001', '.000'],
      ['.002', '.003'],
      ['.997', '.997'],
      ['.999', '.997'],
    ]) {
      const { value } = thereAndBack({ name: 'datetime' }, `9999-12-31 23:59:59${given}`);
      assert.equal(value, `9999-12-31 23:59:59${back}`);
    }
    const small = thereAndBack({ name: 'smalldatetime' }, '2079-06-06 23:59:00');
    assert.equal(small.value, '2079-06-06 23:59:00');
  });

  it('of varchar that the code page lacks become question marks', () => {
    assert.equal(thereAndBack({ name: 'varchar', length: 9 }, 'a\u0416b').value, 'a?b');
  });

  it('have their bytes as the protocol shows them', () => {
    const encode = (type: SqlType, value: SqlValue) => {
      const writer = new ByteWriter();
      valueWriter(type)(writer, value);
      return writer.copy().toString('hex');
    };
    assert.equal(
      encode({ name: 'decimal', precision: 10, scale: 2 }, '-12.34'),
      '0900d204000000000000',
    );
    assert.equal(encode({ name: 'money' }, '1.0000'), '080000000010270000');
    assert.equal(
      encode({ name: 'uniqueidentifier' }, '6F9619FF-8B86-D011-B42D-00C04FC964FF'),
      '10ff19966f868b11d0b42d00c04fc964ff',
    );
    assert.equal(encode({ name: 'date' }, '0001-01-02'), '03010000');
    assert.equal(
      encode({ name: 'nvarchar', length: 'max' }, 'a'),
      '020000000000000002000000610000000000',
    );
  });

  it('of another type are a fault of the backend, not bytes', () => {
    const write = (type: SqlType, value: SqlValue) => valueWriter(type)(new ByteWriter(), value);
    assert.throws(() => write({ name: 'int' }, 2 ** 31), RangeError);
    assert.throws(() => write({ name: 'date' }, 'yesterday'), RangeError);
    assert.throws(() => write({ name: 'nvarchar', length: 5 }, 5), TypeError);
    assert.throws(
      () => write({ name: 'decimal', precision: 9, scale: 0 }, '99999999999'),
      RangeError,
    );
  });
});

describe('the calendar', () => {
  it('agrees with Date on every 97th day from year 1 to 9999', () => {
    for (let days = 0; days <= 3_652_058; days += 97) {
      const date = new Date(days * 86_400_000 - 62_135_596_800_000);
      const expected = `${String(date.getUTCFullYear()).padStart(4, '0')}-${date.toISOString().slice(-19, -14)}`;
      assert.equal(dateText(days), expected);
      assert.equal(daysOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()), days);
    }
  });
});

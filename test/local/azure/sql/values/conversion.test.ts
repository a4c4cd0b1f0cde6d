import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openCompiledDatabase, type Variables } from '../../../../support/compiled-database.ts';
import { refuses } from '../../../../support/sql-database.ts';

const db = openCompiledDatabase();
const value = (expression: string) => db.value(`SELECT ${expression}`);
const given = (text: string): Variables => ({ '@t': [{ name: 'nvarchar', length: 100 }, text] });
/** Of a variable, so that nothing is known before it runs. */
const cast = (text: string, type: string) => db.value(`SELECT CAST(@t AS ${type})`, given(text));

describe('Conversion of text', () => {
  const noDate = 'Conversion failed when converting date and/or time from character string.';
  const outOfRange =
    'The conversion of a nvarchar data type to a datetime data type resulted in an out-of-range value.';
  const fails: readonly (readonly [string, string, number, string])[] = [
    [
      'abc',
      'int',
      245,
      "Conversion failed when converting the nvarchar value 'abc' to data type int.",
    ],
    [
      '1.5',
      'int',
      245,
      "Conversion failed when converting the nvarchar value '1.5' to data type int.",
    ],
    [
      '99999999999',
      'int',
      248,
      "The conversion of the nvarchar value '99999999999' overflowed an int column.",
    ],
    [
      '300',
      'tinyint',
      244,
      "The conversion of the nvarchar value '300' overflowed an INT1 column. Use a larger integer column.",
    ],
    ['abc', 'bigint', 8114, 'Error converting data type nvarchar to bigint.'],
    [
      '99999999999999999999',
      'bigint',
      8115,
      'Arithmetic overflow error converting expression to data type bigint.',
    ],
    ['abc', 'decimal(5,2)', 8114, 'Error converting data type nvarchar to numeric.'],
    [
      '1234.5',
      'decimal(5,2)',
      8115,
      'Arithmetic overflow error converting nvarchar to data type numeric.',
    ],
    ['abc', 'float', 8114, 'Error converting data type nvarchar to float.'],
    ['abc', 'money', 235, 'Cannot convert a char value to money. The value has incorrect syntax.'],
    [
      'abc',
      'bit',
      245,
      "Conversion failed when converting the nvarchar value 'abc' to data type bit.",
    ],
    ['2026-02-30', 'date', 241, noDate],
    ['abc', 'datetime2', 241, noDate],
    ['2026-02-30', 'datetime', 242, outOfRange],
    ['1700-01-01', 'datetime', 242, outOfRange],
    [
      'abc',
      'uniqueidentifier',
      8169,
      'Conversion failed when converting from a character string to uniqueidentifier.',
    ],
  ];
  for (const [text, type, number, words] of fails)
    it(`refuses '${text}' as ${type}: ${number}, and TRY_CAST gives NULL`, () => {
      refuses(() => cast(text, type), number, words);
      assert.equal(db.value(`SELECT TRY_CAST(@t AS ${type})`, given(text)), null);
    });

  const works: readonly (readonly [string, string, unknown])[] = [
    [' -12 ', 'int', -12],
    ['', 'int', 0],
    ['-1.255', 'decimal(5,2)', '-1.26'],
    ['true', 'bit', 1],
    ['1e3', 'float', 1000],
    [
      '{6f9619ff-8b86-d011-b42d-00c04fc964ff}',
      'uniqueidentifier',
      '6F9619FF-8B86-D011-B42D-00C04FC964FF',
    ],
    ['2026-11-25', 'date', '2026-11-25'],
    ['20261125', 'date', '2026-11-25'],
    ['11/25/2026', 'date', '2026-11-25'],
    ['Nov 25 2026 7:30PM', 'datetime', '2026-11-25 19:30:00.000'],
    ['2026-11-25T07:30:15.1234567', 'datetime2(7)', '2026-11-25 07:30:15.1234567'],
    ['2026-11-25T23:59:59.9999999', 'datetime2(3)', '2026-11-26 00:00:00.000'],
    ['2026-11-25T07:30:15.1235', 'datetime2(3)', '2026-11-25 07:30:15.124'],
    ['2026-11-25T07:30:15.12+02:00', 'datetimeoffset(2)', '2026-11-25 07:30:15.12 +02:00'],
    ['2026-11-25T07:30:15Z', 'datetime2(0)', '2026-11-25 07:30:15'],
    ['23:59', 'time(0)', '23:59:00'],
    ['2026-11-25 07:30:29.999', 'smalldatetime', '2026-11-25 07:31:00'],
    ['2026-11-25 07:30:29.998', 'smalldatetime', '2026-11-25 07:30:00'],
  ];
  for (const [text, type, expected] of works)
    it(`takes '${text}' as ${type}`, () => assert.equal(cast(text, type), expected));

  it('rounds datetime to .000, .003 and .007', () => {
    const rounded = {
      '.001': '.000',
      '.002': '.003',
      '.004': '.003',
      '.005': '.007',
      '.008': '.007',
      '.009': '.010',
    };
    for (const [from, to] of Object.entries(rounded))
      assert.equal(cast(`2026-01-01T00:00:00${from}`, 'datetime'), `2026-01-01 00:00:00${to}`);
    assert.equal(cast('2026-12-31T23:59:59.999', 'datetime'), '2027-01-01 00:00:00.000');
    assert.equal(
      value("CAST(CAST('2026-01-01T00:00:00.003' AS datetime) AS datetime2(7))"),
      '2026-01-01 00:00:00.0033333',
    );
  });
});

describe('Conversion of other values', () => {
  it('refuses what is too large, in the words of both types', () => {
    refuses(
      () => value('CAST(300 AS tinyint)'),
      220,
      'Arithmetic overflow error for data type tinyint, value = 300.',
    );
    refuses(
      () => value('CAST(3000000000 AS int)'),
      8115,
      'Arithmetic overflow error converting expression to data type int.',
    );
    refuses(
      () => value('CAST(3e9 AS int)'),
      232,
      'Arithmetic overflow error for type int, value = 3000000000.000000.',
    );
    refuses(
      () => value('CAST(1000 AS decimal(3,0))'),
      8115,
      'Arithmetic overflow error converting int to data type numeric.',
    );
    refuses(() => value('CAST(NEWID() AS varchar(10))'), 8170);
    assert.equal(value('CAST(12345 AS varchar(3))'), '*');
    refuses(() => value('CAST(12345 AS nvarchar(3))'), 8115);
  });

  it('cuts decimals and floats, and rounds money, on the way to whole numbers', () => {
    assert.equal(value('CAST(-1.9 AS int)'), -1);
    assert.equal(value('CAST(1.9e0 AS int)'), 1);
    assert.equal(value('CAST(CAST(1.5 AS money) AS int)'), 2);
  });

  it('cuts text, fills char, and loses what the code page has not', () => {
    assert.equal(value("CAST(N'abcdef' AS nvarchar(3))"), 'abc');
    assert.equal(value("CAST('a' AS char(3))"), 'a  ');
    assert.equal(value("CAST(N'日本€é' AS varchar(9))"), '??€é');
    assert.equal(value("'日本'"), '??');
    assert.equal(value("N'日本'"), '日本');
    assert.equal(value("CAST('€' AS varbinary(3))")?.toString(), '128');
    assert.equal(value("CAST(N'a' AS varbinary(3))")?.toString(), '97,0');
  });

  it('shows floats with six digits', () => {
    const shown = {
      '0e0': '0',
      '1e0': '1',
      '0.1e0': '0.1',
      '123456e0': '123456',
      '1234567e0': '1.23457e+006',
      '0.0001e0': '0.0001',
      '0.00001e0': '1e-005',
      '-2.5e0': '-2.5',
    };
    for (const [from, to] of Object.entries(shown))
      assert.equal(value(`CAST(${from} AS varchar(30))`), to);
  });

  it('knows the styles of CONVERT', () => {
    const at = "CAST('2026-03-05T17:04:09.123' AS datetime)";
    const styles: Readonly<Record<number, string>> = {
      0: 'Mar  5 2026  5:04PM',
      1: '03/05/26',
      3: '05/03/26',
      12: '260305',
      100: 'Mar  5 2026  5:04PM',
      101: '03/05/2026',
      102: '2026.03.05',
      103: '05/03/2026',
      104: '05.03.2026',
      105: '05-03-2026',
      106: '05 Mar 2026',
      107: 'Mar 05, 2026',
      108: '17:04:09',
      109: 'Mar  5 2026  5:04:09:123PM',
      110: '03-05-2026',
      111: '2026/03/05',
      112: '20260305',
      113: '05 Mar 2026 17:04:09:123',
      114: '17:04:09:123',
      120: '2026-03-05 17:04:09',
      121: '2026-03-05 17:04:09.123',
      126: '2026-03-05T17:04:09.123',
      127: '2026-03-05T17:04:09.123',
    };
    for (const [style, text] of Object.entries(styles))
      assert.equal(value(`CONVERT(varchar(40), ${at}, ${style})`), text, style);
    refuses(
      () => value(`CONVERT(varchar(40), ${at}, 999)`),
      281,
      '999 is not a valid style number when converting from datetime to a character string.',
    );
    const zoned = "CAST('2026-01-01T01:00:00+02:00' AS datetimeoffset(0))";
    assert.equal(value(`CONVERT(varchar(40), ${zoned}, 126)`), '2026-01-01T01:00:00+02:00');
    assert.equal(value(`CONVERT(varchar(40), ${zoned}, 127)`), '2025-12-31T23:00:00Z');
    assert.equal(value('CONVERT(varchar(20), 0x0AFF, 1)'), '0x0AFF');
    assert.equal(value('CONVERT(varchar(20), 0x0AFF, 2)'), '0AFF');
    assert.equal(value("CONVERT(varbinary(2), '0x0AFF', 1)")?.toString(), '10,255');
    assert.equal(value("CONVERT(date, '05/03/2026', 103)"), '2026-03-05');
    assert.equal(value('CONVERT(varchar(20), CAST(1234567.891 AS money), 1)'), '1,234,567.89');
  });

  it('refuses conversions that there are not: 529, 206', () => {
    refuses(
      () => value('CAST(1 AS date)'),
      529,
      'Explicit conversion from data type int to date is not allowed.',
    );
    refuses(() => value('CAST(NEWID() AS int)'), 529);
    refuses(() => value('CASE WHEN SYSUTCDATETIME() = 1 THEN 1 END'), 206);
    refuses(() => value('CASE WHEN NEWID() = 1 THEN 1 END'), 206);
  });

  it('takes datetimeoffset to its local time, and to another zone', () => {
    const at = "CAST('2026-01-01T12:00:00+02:00' AS datetimeoffset(0))";
    assert.equal(value(`CAST(${at} AS datetime2(0))`), '2026-01-01 12:00:00');
    assert.equal(value(`SWITCHOFFSET(${at}, '-01:00')`), '2026-01-01 09:00:00 -01:00');
    assert.equal(value(`${at} AT TIME ZONE 'UTC'`), '2026-01-01 10:00:00 +00:00');
  });
});

describe('There and back', () => {
  it('keeps whole numbers and decimals through text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), (units) => {
        assert.equal(
          value(`CAST(CAST(CAST('${units}' AS bigint) AS varchar(30)) AS bigint)`),
          units,
        );
        assert.equal(cast(`${units}.25`, 'decimal(20,2)'), `${units}.25`);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps uniqueidentifier through binary', () => {
    fc.assert(
      fc.property(fc.uuid(), (guid) => {
        const bytes = `CAST(CAST('${guid}' AS uniqueidentifier) AS binary(16))`;
        assert.equal(value(`CAST(${bytes} AS uniqueidentifier)`), guid.toUpperCase());
      }),
      { numRuns: 50 },
    );
  });

  it('counts days, hours and milliseconds as Date does', () => {
    const min = new Date('1800-01-01');
    const date = fc.date({ min, max: new Date('2400-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.integer({ min: -50_000, max: 50_000 }), (from, count) => {
        const stored = (ms: number) => new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
        const at = `CAST('${from.toISOString().slice(0, 23)}' AS datetime2(3))`;
        const ms = from.getTime();
        const [row] = db.rows(
          `SELECT DATEADD(day, ${count}, ${at}), DATEADD(hour, ${count}, ${at}), DATEADD(millisecond, ${count}, ${at}), DATEDIFF(day, '1970-01-01', ${at}), YEAR(${at}), DATEPART(weekday, ${at})`,
        );
        assert.deepEqual(row, [
          stored(ms + count * 86_400_000),
          stored(ms + count * 3_600_000),
          stored(ms + count),
          Math.floor(ms / 86_400_000),
          from.getUTCFullYear(),
          from.getUTCDay() + 1,
        ]);
      }),
      { numRuns: 50 },
    );
  });
});

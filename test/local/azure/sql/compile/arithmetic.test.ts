import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { typeText } from '../../../../../local/azure/sql/values/type-text.ts';
import { fromUnits } from '../../../../../local/azure/tds/types/decimal.ts';
import { openCompiledDatabase } from '../../../../support/compiled-database.ts';
import { refuses } from '../../../../support/sql-database.ts';

const db = openCompiledDatabase();
const value = (expression: string) => db.value(`SELECT ${expression}`);
const typeOf = (expression: string) => {
  const [column] = db.compile(`SELECT ${expression}`).columns ?? [];
  return column && typeText(column.type);
};

describe('Arithmetic', () => {
  it('divides whole numbers to whole numbers, towards zero', () => {
    assert.equal(value('7 / 2'), 3);
    assert.equal(value('-7 / 2'), -3);
    assert.equal(value('-7 % 3'), -1);
    assert.equal(value('7 / 2.0'), '3.500000');
    assert.equal(typeOf('7 / 2.0'), 'decimal(8,6)');
  });

  it('refuses to divide by zero: 8134', () => {
    for (const zero of [
      '1 / 0',
      '1 % 0',
      '1.5 / 0',
      '1e0 / 0',
      'CAST(1 AS money) / 0',
      'CAST(1 AS bigint) / 0',
    ])
      refuses(() => value(zero), 8134, 'Divide by zero error encountered.');
    assert.equal(value('NULL / 0'), null);
  });

  it('refuses what is too large: 8115', () => {
    refuses(
      () => value('2147483647 + 1'),
      8115,
      'Arithmetic overflow error converting expression to data type int.',
    );
    refuses(() => value('-2147483648 - 1'), 8115);
    refuses(() => value('65536 * 65536'), 8115);
    refuses(
      () => value('CAST(9223372036854775807 AS bigint) + 1'),
      8115,
      'Arithmetic overflow error converting expression to data type bigint.',
    );
    refuses(
      () => value('CAST(255 AS tinyint) + CAST(1 AS tinyint)'),
      8115,
      'Arithmetic overflow error converting expression to data type tinyint.',
    );
    refuses(
      () => value('CAST(99999999999999999999999999999999999999 AS decimal(38,0)) * 10'),
      8115,
      'Arithmetic overflow error converting expression to data type numeric.',
    );
    refuses(() => value('1e308 * 10'), 8115);
    assert.equal(value('CAST(2147483647 AS bigint) + 1'), 2147483648n);
  });

  it('gives decimals their precision and scale by the rules', () => {
    const [a, b] = ['CAST(1 AS decimal(10,2))', 'CAST(3 AS decimal(6,4))'];
    assert.equal(typeOf(`${a} + ${b}`), 'decimal(13,4)');
    assert.equal(typeOf(`${a} * ${b}`), 'decimal(17,6)');
    assert.equal(typeOf(`${a} / ${b}`), 'decimal(21,9)');
    assert.equal(typeOf(`${a} % ${b}`), 'decimal(6,4)');
    assert.equal(typeOf('CAST(1 AS decimal(38,10)) * CAST(1 AS decimal(38,10))'), 'decimal(38,6)');
    assert.equal(value(`${a} / ${b}`), '0.333333333');
    assert.equal(value('2.0 / 3'), '0.666666');
  });

  it('computes decimals as whole numbers of their last digit', () => {
    const units = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    const scale = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(units, scale, units, scale, (a, x, b, y) => {
        const side = (n: bigint, s: number) => `CAST('${fromUnits(n, s)}' AS decimal(17,${s}))`;
        const most = Math.max(x, y);
        const [p, q] = [a * 10n ** BigInt(most - x), b * 10n ** BigInt(most - y)];
        const [row] = db.rows(
          `SELECT ${side(a, x)} + ${side(b, y)}, ${side(a, x)} - ${side(b, y)}, ${side(a, x)} * ${side(b, y)}`,
        );
        assert.deepEqual(row, [
          fromUnits(p + q, most),
          fromUnits(p - q, most),
          fromUnits(a * b, x + y),
        ]);
      }),
      { numRuns: 100 },
    );
  });

  it('counts money in four digits', () => {
    assert.equal(value('CAST(10 AS money) / 3'), '3.3333');
    assert.equal(typeOf('CAST(10 AS money) / 3'), 'money');
    assert.equal(value('CAST(1.00005 AS money)'), '1.0001');
    refuses(() => value('CAST(922337203685477.5808 AS money)'), 8115);
    assert.equal(value('CAST(CAST(1234.567 AS money) AS varchar(20))'), '1234.57');
    assert.equal(value("CAST('$1,234.5' AS money)"), '1234.5000');
  });

  it('joins text, and NULL makes it NULL', () => {
    assert.equal(value("N'a' + N'b'"), 'ab');
    assert.equal(value("N'a' + NULL"), null);
    assert.equal(value("CONCAT(N'a', NULL, 1)"), 'a1');
    assert.equal(typeOf("N'a' + 'bc'"), 'nvarchar(3)');
    assert.equal(value('0x01 + 0x02')?.toString(), Uint8Array.of(1, 2).toString());
  });

  it('lets the type of higher precedence win', () => {
    assert.equal(value("'1' + 1"), 2);
    refuses(
      () => value("'a' + 1"),
      245,
      "Conversion failed when converting the varchar value 'a' to data type int.",
    );
    assert.equal(typeOf('CAST(1 AS tinyint) + CAST(1 AS bigint)'), 'bigint');
    assert.equal(typeOf('1 + 1e0'), 'float');
    assert.equal(typeOf('CASE WHEN 1 = 1 THEN 1 ELSE 2.5 END'), 'decimal(11,1)');
    assert.equal(value('CASE WHEN 1 = 1 THEN 1 ELSE 2.5 END'), '1.0');
    refuses(
      () => value('SYSUTCDATETIME() + 1'),
      206,
      'Operand type clash: datetime2 is incompatible with int',
    );
    refuses(() => value('NEWID() + 1'), 206);
    refuses(() => value("0x01 - 'a'"), 402);
  });

  it('knows bits', () => {
    assert.equal(value('6 & 3'), 2);
    assert.equal(value('6 | 3'), 7);
    assert.equal(value('6 ^ 3'), 5);
    assert.equal(value('~5'), -6);
    assert.equal(value('~CAST(5 AS tinyint)'), 250);
    refuses(() => value('CAST(1 AS bit) + CAST(1 AS bit)'), 8117);
  });

  it('takes days to and from datetime', () => {
    assert.equal(value("CAST('2026-02-28' AS datetime) + 1"), '2026-03-01 00:00:00.000');
    assert.equal(value("CAST('2026-03-01' AS datetime) - 0.5"), '2026-02-28 12:00:00.000');
  });

  it('knows literals: int, decimal, float, the smallest int', () => {
    assert.equal(typeOf('1'), 'int');
    assert.equal(typeOf('2147483648'), 'decimal(10,0)');
    assert.equal(typeOf('-2147483648'), 'int');
    assert.equal(typeOf('1.50'), 'decimal(3,2)');
    assert.equal(typeOf('1e3'), 'float');
    refuses(() => value('1e999'), 168);
    refuses(() => value('123456789012345678901234567890123456789'), 1007);
  });
});

describe('Aggregates', () => {
  const over = (list: string, expression: string, type = '') =>
    value(
      `${expression} FROM (SELECT ${type === '' ? 'w.a' : `CAST(w.a AS ${type}) AS a`} FROM (VALUES ${list}) AS w (a)) AS v`,
    );

  it('sums and averages in the type of what is summed', () => {
    assert.equal(over('(1), (2), (4)', 'SUM(a)'), 7);
    assert.equal(over('(1), (2), (4)', 'AVG(a)'), 2);
    assert.equal(over('(1), (2)', 'AVG(a)', 'decimal(5,2)'), '1.500000');
    assert.equal(over('(1), (2)', 'SUM(a)', 'decimal(5,2)'), '3.00');
    assert.equal(over('(1), (2)', 'AVG(a)', 'float'), 1.5);
    assert.equal(over('(1), (2)', 'SUM(a)', 'money'), '3.0000');
    refuses(() => over('(2147483647), (1)', 'SUM(a)'), 8115);
    assert.equal(over('(2147483647), (1)', 'SUM(a)', 'bigint'), 2147483648n);
    refuses(
      () => over("('a')", 'SUM(a)'),
      8117,
      'Operand data type varchar is invalid for sum operator.',
    );
  });

  it('leaves NULL out, and gives NULL of nothing', () => {
    assert.equal(over('(1), (NULL)', 'COUNT(a)'), 1);
    assert.equal(over('(1), (NULL)', 'COUNT(*)'), 2);
    assert.equal(value('SUM(v.a) FROM (VALUES (1)) AS v (a) WHERE 1 = 0'), null);
    assert.equal(value('COUNT(*) FROM (VALUES (1)) AS v (a) WHERE 1 = 0'), 0);
  });

  it('counts each value once with DISTINCT', () => {
    assert.equal(over('(1), (1), (2)', 'SUM(DISTINCT a)'), 3);
    assert.equal(over('(1), (1), (2)', 'SUM(DISTINCT a)', 'decimal(5,2)'), '3.00');
    assert.equal(over('(1), (1), (4)', 'AVG(DISTINCT a)'), 2);
    assert.equal(over('(1), (1), (2)', 'SUM(DISTINCT a)', 'bigint'), 3n);
  });

  it('joins texts with STRING_AGG', () => {
    assert.equal(over("(N'a'), (NULL), (N'b')", "STRING_AGG(a, N',')"), 'a,b');
    assert.equal(over("(N'b'), (N'A')", "STRING_AGG(a, N',') WITHIN GROUP (ORDER BY a)"), 'A,b');
    assert.equal(
      over("(N'b'), (N'A')", "STRING_AGG(a, N',') WITHIN GROUP (ORDER BY a DESC)"),
      'b,A',
    );
  });

  it('refuses an aggregate where none may stand', () => {
    refuses(() => db.rows('SELECT 1 FROM (VALUES (1)) AS v (a) WHERE COUNT(*) > 1'), 147);
    refuses(() => db.rows('SELECT SUM(COUNT(*)) FROM (VALUES (1)) AS v (a)'), 130);
    refuses(
      () => db.rows('SELECT 1 FROM (VALUES (1)) AS v (a) WHERE ROW_NUMBER() OVER (ORDER BY a) = 1'),
      4108,
    );
  });
});

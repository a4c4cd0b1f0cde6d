import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtInNames } from '../../../../../local/azure/sql/compile/built-ins.ts';
import { refusedFunctions } from '../../../../../local/azure/sql/compile/functions/refused-functions.ts';
import { openCompiledDatabase } from '../../../../support/compiled-database.ts';
import { refuses } from '../../../../support/sql-database.ts';
import { functionCases } from './function-cases.ts';

const db = openCompiledDatabase(
  'CREATE TABLE dbo.T (Id int NOT NULL, Name nvarchar(10) NULL); INSERT INTO T (Id) VALUES (1)',
);
describe('Built-in functions', () => {
  for (const name of builtInNames)
    it(name, () => {
      assert.ok(functionCases[name], `${name} has no case`);
      for (const [expression, expected] of functionCases[name] ?? [])
        assert.deepEqual(db.value(`SELECT ${expression}`), expected, expression);
    });

  it('refuses by name those that it lacks', () => {
    for (const name of refusedFunctions)
      refuses(
        () => db.rows(`SELECT ${name}(${name === 'DATE_BUCKET' ? 'day, 1' : '1'})`),
        40514,
        new RegExp(`function ${name}'`),
      );
  });

  it('refuses arguments that are none: 536, 537, 517, 535, 289, 9810, 3623', () => {
    refuses(() => db.rows("SELECT RIGHT('a', -1)"), 536);
    refuses(() => db.rows("SELECT LEFT('a', -1)"), 537);
    refuses(() => db.rows("SELECT SUBSTRING('a', 1, -1)"), 537);
    refuses(() => db.rows("SELECT DATEADD(year, 9000, CAST('2026-01-01' AS date))"), 517);
    refuses(() => db.rows("SELECT DATEDIFF(ms, '1900-01-01', '2026-01-01')"), 535);
    refuses(() => db.rows('SELECT DATEFROMPARTS(2026, 2, 30)'), 289);
    refuses(() => db.rows("SELECT DATEPART(hour, CAST('2026-01-01' AS date))"), 9810);
    refuses(() => db.rows('SELECT SQRT(-1)'), 3623);
  });

  it('gives one time to the whole statement', () => {
    assert.equal(db.compile('SELECT SYSUTCDATETIME(), SYSUTCDATETIME()').parameters.length, 1);
  });
});

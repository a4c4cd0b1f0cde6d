import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseBatch } from '../../../../../local/azure/sql/tsql/parse-batch.ts';
import { openCompiledDatabase } from '../../../../support/compiled-database.ts';
import { refuses } from '../../../../support/sql-database.ts';

describe('Definitions, compiled', () => {
  it('fills in defaults of the time of the statement', () => {
    const db = openCompiledDatabase(
      'CREATE TABLE dbo.T (Id int NOT NULL, At datetime2(3) NOT NULL DEFAULT (SYSUTCDATETIME()))',
    );
    db.rows('INSERT INTO T (Id) VALUES (1)');
    assert.equal(db.value('SELECT At FROM T'), '2026-11-25 07:30:15.123');
    db.given.set('#datetime2', '2026-11-25 08:00:00.0000000');
    db.rows('INSERT INTO T (Id, At) VALUES (2, DEFAULT)');
    assert.equal(db.value('SELECT At FROM T WHERE Id = 2'), '2026-11-25 08:00:00.000');
  });

  it('checks without case, and lets NULL pass', () => {
    const db = openCompiledDatabase(
      "CREATE TABLE dbo.T (Kind nvarchar(5) NULL CONSTRAINT CK_Kind CHECK (Kind IN (N'vm', N'disk')))",
    );
    db.rows("INSERT INTO T (Kind) VALUES (N'VM'), (NULL)");
    refuses(() => db.rows("INSERT INTO T (Kind) VALUES (N'nic')"), 547, /CK_Kind/);
  });

  it('reads a view as a table, its columns by its list', () => {
    const db = openCompiledDatabase(
      "CREATE TABLE dbo.T (Id int NOT NULL, Name nvarchar(9) NULL); INSERT INTO T (Id, Name) VALUES (1, N'a'), (2, N'b')",
    );
    db.rows('CREATE VIEW dbo.V (Number, Loud) AS SELECT Id, UPPER(Name) FROM dbo.T WHERE Id > 1');
    assert.deepEqual(db.rows("SELECT v.Number, v.Loud FROM V AS v WHERE Loud = N'b'"), [[2, 'B']]);
    refuses(() => db.rows('CREATE VIEW dbo.W AS SELECT Id + 1 FROM dbo.T'), 4511);
    refuses(() => db.rows('CREATE VIEW dbo.W AS SELECT Nothing FROM dbo.T'), 207);
  });

  it('converts what is there when a column becomes another type', () => {
    const db = openCompiledDatabase(
      "CREATE TABLE dbo.T (Id nvarchar(10) NOT NULL); INSERT INTO T (Id) VALUES (N'12')",
    );
    db.rows('ALTER TABLE T ALTER COLUMN Id int NOT NULL');
    assert.equal(db.value('SELECT Id + 1 FROM T'), 13);
    db.rows('ALTER TABLE T ALTER COLUMN Id nvarchar(10) NOT NULL');
    db.rows("INSERT INTO T (Id) VALUES (N'x')");
    refuses(() => db.rows('ALTER TABLE T ALTER COLUMN Id int NOT NULL'), 245);
  });

  it('reads system views, without case', () => {
    const db = openCompiledDatabase('CREATE TABLE dbo.T (Id int NOT NULL)');
    assert.equal(db.value("SELECT name FROM sys.tables WHERE name = N't'"), 'T');
    assert.equal(
      db.value(
        "SELECT c.name FROM sys.columns AS c JOIN sys.tables AS t ON t.object_id = c.object_id WHERE t.name = 'T'",
      ),
      'Id',
    );
    assert.equal(
      db.value("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'T'"),
      1,
    );
    assert.equal(db.value('SELECT COUNT(*) FROM sys.database_principals WHERE sid = 0x01'), 1);
  });

  it("compiles the app's own table and procedures", () => {
    const db = openCompiledDatabase('CREATE SCHEMA inventory');
    const read = (name: string) =>
      readFileSync(new URL(`../../../../../infra/sql/${name}`, import.meta.url), 'utf8');
    const table = read('02-resource-table.sql');
    db.rows(table.slice(table.indexOf('CREATE TABLE')));
    assert.equal(db.compile('SELECT * FROM inventory.Resource').columns?.length, 9);
    for (const name of ['03-record-resource.sql', '04-summarize-resources.sql']) {
      const [procedure] = parseBatch(read(name));
      assert.ok(procedure?.kind === 'createProcedure');
      const variables = procedure.parameters.map(
        (each) => [each.name.toLowerCase(), [each.type, null]] as const,
      );
      const body = procedure.body.flatMap((each) =>
        each.kind === 'block' ? each.statements : [each],
      );
      const compiled = body.map((each) => db.compileParsed(each, Object.fromEntries(variables)));
      assert.ok(compiled.some((each) => each !== undefined));
      for (const each of compiled) if (each) db.sqlite.prepare(each.sql);
    }
  });
});

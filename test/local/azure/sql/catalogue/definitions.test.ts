import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'node:test';
import {
  openInventory,
  openSqlDatabase,
  refuses,
  type TestDatabase,
} from '../../../../support/sql-database.ts';

describe('Definitions', () => {
  let db: TestDatabase;

  beforeEach(() => {
    db = openInventory();
  });

  it('makes a table whose rows come back', () => {
    db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (1, 'a')");
    const rows = db.execute('SELECT Id, Name, Kind FROM {inventory.Resource}');
    assert.deepEqual(
      rows.map((row) => ({ ...(row as object) })),
      [{ Id: 1, Name: 'a', Kind: 'vm' }],
    );
  });

  it('names the primary key and the value that is there already', () => {
    db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (7, 'a')");
    refuses(
      () => db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (8, 'c'), (7, 'b')"),
      2627,
      "Violation of PRIMARY KEY constraint 'PK_Resource'. Cannot insert duplicate key in object 'inventory.Resource'. The duplicate key value is (7).",
    );
    assert.equal(db.execute('SELECT Id FROM {inventory.Resource}').length, 1);
  });

  it('holds text equal without case and trailing blanks', () => {
    db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (1, 'a')");
    refuses(
      () => db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (2, 'A ')"),
      2627,
      /UNIQUE KEY constraint 'UQ_Name'.*\(A \)\.$/,
    );
    db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (2, 'b')");
  });

  it('says behind a violation that the statement was terminated', () => {
    db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (1, 'a')");
    assert.throws(
      () => db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (1, 'b')"),
      (error: Error & { followedBy?: { number: number }[] }) =>
        error.followedBy?.[0]?.number === 3621,
    );
  });

  it('names the column that takes no NULL', () => {
    refuses(
      () => db.execute('INSERT INTO {inventory.Resource} (Id) VALUES (1)'),
      515,
      "Cannot insert the value NULL into column 'Name', table 'inventory.inventory.Resource'; column does not allow nulls. INSERT fails.",
    );
  });

  it('names the check, and lets NULL pass it', () => {
    refuses(
      () => db.execute("INSERT INTO {inventory.Resource} (Id, Name, Size) VALUES (1, 'a', 0)"),
      547,
      'The INSERT statement conflicted with the CHECK constraint "CK_Size". The conflict occurred in database "inventory", table "inventory.Resource", column \'Size\'.',
    );
    db.execute("INSERT INTO {inventory.Resource} (Id, Name, Size) VALUES (1, 'a', NULL)");
  });

  it('takes one NULL only in a unique index, and tells it from a unique constraint', () => {
    db.run('CREATE UNIQUE INDEX IX_Size ON inventory.Resource (Size)');
    db.execute("INSERT INTO {inventory.Resource} (Id, Name, Size) VALUES (1, 'a', NULL)");
    refuses(
      () => db.execute("INSERT INTO {inventory.Resource} (Id, Name, Size) VALUES (2, 'b', NULL)"),
      2601,
      "Cannot insert duplicate key row in object 'inventory.Resource' with unique index 'IX_Size'. The duplicate key value is (<NULL>).",
    );
    db.execute("INSERT INTO {inventory.Resource} (Id, Name, Size) VALUES (2, 'b', 5)");
  });

  it('keeps two NULLs from becoming unique, and one name from being used twice', () => {
    db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (1, 'a'), (2, 'b')");
    refuses(
      () => db.run('CREATE UNIQUE INDEX IX_Size ON inventory.Resource (Size)'),
      1505,
      /<NULL>/,
    );
    db.run('CREATE INDEX IX_Size ON inventory.Resource (Size)');
    refuses(() => db.run('CREATE INDEX IX_Size ON inventory.Resource (Kind)'), 1913);
    db.run('DROP INDEX IX_Size ON inventory.Resource');
    refuses(() => db.run('DROP INDEX IX_Size ON inventory.Resource'), 3701);
  });

  it('refuses what is there, and what is not', () => {
    refuses(
      () => db.run('CREATE TABLE inventory.RESOURCE (Id int)'),
      2714,
      "There is already an object named 'RESOURCE' in the database.",
    );
    refuses(() => db.run('CREATE TABLE nowhere.T (Id int)'), 2760);
    refuses(() => db.run('CREATE TABLE dbo.T (Id int, ID int)'), 2705);
    refuses(() => db.run('CREATE TABLE dbo.T (Id int PRIMARY KEY, B int PRIMARY KEY)'), 8110);
    refuses(() => db.run('CREATE TABLE dbo.T (Id int NULL PRIMARY KEY)'), 8111);
    refuses(() => db.run('CREATE TABLE dbo.T (Id nvarchar(max) NOT NULL PRIMARY KEY)'), 1919);
    refuses(() => db.run('DROP TABLE dbo.T'), 3701);
    db.run('DROP TABLE IF EXISTS dbo.T');
    refuses(() => db.run('ALTER TABLE dbo.T ADD B int'), 4902);
    refuses(() => db.run('DROP PROCEDURE inventory.Resource'), 3705);
  });

  it('names a constraint where the statement does not', () => {
    db.run("CREATE TABLE dbo.Gadget (Id int PRIMARY KEY, Note nvarchar(9) DEFAULT N'x')");
    const table = db.catalogue.findObject('dbo', 'Gadget');
    assert.equal(table?.kind, 'table');
    if (table?.kind !== 'table') return;
    assert.match(table.keys[0]?.name ?? '', /^PK__Gadget__[0-9A-F]{16}$/);
    assert.match(table.columns[1]?.default?.name ?? '', /^DF__Gadget__Note__[0-9A-F]{8}$/);
  });

  it('leaves nothing behind of watching a statement fail', () => {
    db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (1, 'a')");
    db.sqlite.exec('BEGIN');
    refuses(
      () => db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (2, 'b'), (1, 'c')"),
      2627,
    );
    db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (2, 'b')");
    db.sqlite.exec('COMMIT');
    assert.equal(db.execute('SELECT Id FROM {inventory.Resource}').length, 2);
    const triggers = db.sqlite.prepare('SELECT name FROM sqlite_temp_schema').all();
    assert.deepEqual(triggers, []);
  });

  it('is read again from its file', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'sql-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, 'inventory.db');
    const first = openSqlDatabase({ file });
    first.run('CREATE TABLE dbo.T (Id int PRIMARY KEY)');
    first.run('CREATE USER app WITHOUT LOGIN; GRANT SELECT ON dbo.T TO app');
    first.run('ALTER TABLE dbo.T ADD CONSTRAINT CK_T CHECK (Id > 0)');
    first.sqlite.close();
    const again = openSqlDatabase({ file });
    t.after(() => again.sqlite.close());
    again.execute('SELECT Id FROM {dbo.T}', again.as('app'));
    refuses(() => again.execute('INSERT INTO {dbo.T} VALUES (0)'), 547);
    refuses(() => again.run('CREATE TABLE dbo.T (Id int)'), 2714);
    again.run('CREATE TABLE dbo.U (Id int PRIMARY KEY)');
  });
});

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { openInventory, refuses, type TestDatabase } from '../../../../support/sql-database.ts';

describe('Foreign keys', () => {
  let db: TestDatabase;

  beforeEach(() => {
    db = openInventory();
  });

  describe('with a foreign key', () => {
    beforeEach(() => {
      db.run(
        'CREATE TABLE inventory.Note (Id int PRIMARY KEY, ResourceId int NULL CONSTRAINT FK_Note REFERENCES inventory.Resource (Id))',
      );
      db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (1, 'a')");
    });

    it('refuses a row that refers to nothing', () => {
      db.execute('INSERT INTO {inventory.Note} VALUES (1, 1)');
      refuses(
        () => db.execute('INSERT INTO {inventory.Note} VALUES (2, 9)'),
        547,
        'The INSERT statement conflicted with the FOREIGN KEY constraint "FK_Note". The conflict occurred in database "inventory", table "inventory.Resource", column \'Id\'.',
      );
    });

    it('refuses to delete what is referred to', () => {
      db.execute('INSERT INTO {inventory.Note} VALUES (1, 1)');
      refuses(
        () => db.execute('DELETE FROM {inventory.Resource}'),
        547,
        'The DELETE statement conflicted with the REFERENCE constraint "FK_Note". The conflict occurred in database "inventory", table "inventory.Note", column \'ResourceId\'.',
      );
      refuses(() => db.run('DROP TABLE inventory.Resource'), 3726);
      db.run('DROP TABLE inventory.Note');
      db.execute('DELETE FROM {inventory.Resource}');
      db.run('DROP TABLE inventory.Resource');
    });

    it('tells foreign keys of one table apart', () => {
      db.run(`CREATE TABLE dbo.Link (
        A int CONSTRAINT FK_A REFERENCES inventory.Resource,
        B int CONSTRAINT FK_B REFERENCES inventory.Resource,
        C int CONSTRAINT FK_C REFERENCES inventory.Resource ON DELETE CASCADE)`);
      const insert = (...values: number[]) =>
        db.execute(`INSERT INTO {dbo.Link} VALUES (${values.join(', ')})`);
      refuses(() => insert(9, 1, 1), 547, /"FK_A"/);
      refuses(() => insert(1, 9, 1), 547, /"FK_B"/);
      refuses(() => insert(1, 1, 9), 547, /"FK_C"/);
      insert(1, 1, 1);
      refuses(
        () => db.execute('UPDATE {inventory.Resource} SET Id = 5'),
        547,
        /REFERENCE constraint "FK_/,
      );
      refuses(
        () => db.execute('UPDATE {dbo.Link} SET B = 5'),
        547,
        /FOREIGN KEY constraint "FK_B"/,
      );
    });

    it('lets a table refer to itself, in one statement as well', () => {
      db.run(
        'CREATE TABLE dbo.Tree (Id int PRIMARY KEY, Parent int CONSTRAINT FK_Tree REFERENCES dbo.Tree (Id))',
      );
      db.execute('INSERT INTO {dbo.Tree} VALUES (2, 1), (1, NULL)');
      refuses(
        () => db.execute('INSERT INTO {dbo.Tree} VALUES (3, 9)'),
        547,
        /FOREIGN KEY SAME TABLE constraint "FK_Tree"/,
      );
      refuses(
        () => db.execute('DELETE FROM {dbo.Tree} WHERE Id = 1'),
        547,
        /SAME TABLE REFERENCE constraint/,
      );
      db.execute('DELETE FROM {dbo.Tree}');
      db.run('DROP TABLE dbo.Tree');
    });

    it('needs a key to refer to, of the same type', () => {
      const make = (reference: string, type = 'int') =>
        db.run(`CREATE TABLE dbo.T (A ${type} REFERENCES ${reference})`);
      refuses(() => make('inventory.Nothing (Id)'), 1767);
      refuses(() => make('inventory.Resource (Nothing)'), 1770);
      refuses(() => make('inventory.Resource (Size)'), 1776);
      refuses(() => make('inventory.Resource (Id)', 'bigint'), 1778);
      assert.throws(
        () => make('inventory.Resource (Size)'),
        (error: Error & { followedBy?: { number: number }[] }) =>
          error.followedBy?.[0]?.number === 1750,
      );
      make('inventory.Resource');
    });

    it('needs text of the same length', () => {
      const make = (length: number) =>
        db.run(`CREATE TABLE dbo.T (N nvarchar(${length}) REFERENCES inventory.Resource (Name))`);
      refuses(() => make(49), 1753);
      make(50);
    });

    it('compares text as SQL Server does', () => {
      db.run('CREATE TABLE dbo.ByName (Name nvarchar(50) REFERENCES inventory.Resource (Name))');
      db.execute("INSERT INTO {dbo.ByName} VALUES ('A ')");
      refuses(
        () => db.execute("INSERT INTO {dbo.ByName} VALUES ('z')"),
        547,
        /"FK__ByName__Name__/,
      );
      refuses(() => db.execute('DELETE FROM {inventory.Resource}'), 547, /REFERENCE/);
      db.run('DROP TABLE dbo.ByName');
    });
  });
});

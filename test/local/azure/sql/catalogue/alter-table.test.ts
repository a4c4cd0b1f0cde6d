import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { openInventory, refuses, type TestDatabase } from '../../../../support/sql-database.ts';

describe('ALTER TABLE', () => {
  let db: TestDatabase;

  beforeEach(() => {
    db = openInventory();
  });

  describe('altered', () => {
    beforeEach(() => {
      db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (1, 'a')");
    });

    it('adds a column, filled by its default where it takes no NULL', () => {
      db.run(
        "ALTER TABLE inventory.Resource ADD Place nvarchar(10) NOT NULL DEFAULT N'here', Note int NULL DEFAULT 3",
      );
      const [row] = db.execute('SELECT Place, Note FROM {inventory.Resource}');
      assert.deepEqual({ ...(row as object) }, { Place: 'here', Note: null });
      refuses(
        () =>
          db.execute("INSERT INTO {inventory.Resource} (Id, Name, Place) VALUES (2, 'b', NULL)"),
        515,
      );
      refuses(() => db.run('ALTER TABLE inventory.Resource ADD Other int NOT NULL'), 4901);
      refuses(() => db.run('ALTER TABLE inventory.Resource ADD Place int'), 2705);
    });

    it('adds a constraint that the rows fit, and no other', () => {
      refuses(
        () => db.run('ALTER TABLE inventory.Resource ADD CONSTRAINT CK_Id CHECK (Id > 5)'),
        547,
      );
      db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (2, 'b')");
      db.run('ALTER TABLE inventory.Resource ADD CONSTRAINT CK_Id CHECK (Id > 0)');
      refuses(() => db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (0, 'c')"), 547);
      db.run('ALTER TABLE inventory.Resource DROP CONSTRAINT CK_Id');
      db.execute("INSERT INTO {inventory.Resource} (Id, Name) VALUES (0, 'c')");
      refuses(() => db.run('ALTER TABLE inventory.Resource DROP CONSTRAINT CK_Id'), 3728);
      db.run('ALTER TABLE inventory.Resource DROP CONSTRAINT IF EXISTS CK_Id');
    });

    it('drops a column that nothing needs', () => {
      refuses(() => db.run('ALTER TABLE inventory.Resource DROP COLUMN Size'), 4922);
      db.run('ALTER TABLE inventory.Resource DROP CONSTRAINT CK_Size');
      db.run('ALTER TABLE inventory.Resource DROP COLUMN Size');
      refuses(() => db.run('ALTER TABLE inventory.Resource DROP COLUMN Size'), 4924);
    });

    it('changes whether a column takes NULL, and its type', () => {
      refuses(() => db.run('ALTER TABLE inventory.Resource ALTER COLUMN Size int NOT NULL'), 4922);
      db.run('ALTER TABLE inventory.Resource ADD Extra int NULL');
      refuses(() => db.run('ALTER TABLE inventory.Resource ALTER COLUMN Extra int NOT NULL'), 515);
      db.execute('UPDATE {inventory.Resource} SET Extra = 5');
      db.run('ALTER TABLE inventory.Resource ALTER COLUMN Extra nvarchar(10) NOT NULL');
      const [row] = db.execute('SELECT Extra FROM {inventory.Resource}');
      assert.deepEqual({ ...(row as object) }, { Extra: '5' });
      refuses(
        () => db.execute('UPDATE {inventory.Resource} SET Extra = NULL'),
        515,
        /UPDATE fails/,
      );
    });

    it('is as before after a rollback', () => {
      db.sqlite.exec('BEGIN');
      const before = db.catalogue.generation;
      db.run('ALTER TABLE inventory.Resource ADD Place int NOT NULL DEFAULT 1');
      assert.notEqual(db.catalogue.generation, before);
      db.sqlite.exec('ROLLBACK');
      db.catalogue.reload();
      const [row] = db.execute('SELECT * FROM {inventory.Resource}');
      assert.deepEqual(Object.keys(row as object), ['Id', 'Name', 'Size', 'Kind']);
    });
  });
});

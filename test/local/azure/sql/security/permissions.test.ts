import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { openSqlDatabase, refuses, type TestDatabase } from '../../../../support/sql-database.ts';

const sid = (last: string) => `0x${last.padStart(32, '0')}`;

describe('Permissions', () => {
  let db: TestDatabase;

  beforeEach(() => {
    db = openSqlDatabase();
    db.run('CREATE SCHEMA inventory');
    db.run(
      'CREATE TABLE inventory.Resource (Id int PRIMARY KEY, Name nvarchar(50), Secret nvarchar(50))',
    );
    db.run('CREATE TABLE inventory.Other (Id int PRIMARY KEY)');
    db.run(`CREATE USER app WITH SID = ${sid('a1')}, TYPE = E`);
    db.run(`CREATE USER other WITH SID = ${sid('a2')}, TYPE = E`);
  });

  const select = 'SELECT Id, Name FROM {inventory.Resource}';
  const denied =
    "The SELECT permission was denied on the object 'Resource', database 'inventory', schema 'inventory'.";

  for (const grant of [
    'GRANT SELECT ON inventory.Resource TO app',
    'GRANT SELECT ON SCHEMA::inventory TO app',
    'GRANT SELECT TO app',
    'GRANT CONTROL ON inventory.Resource TO app',
    'GRANT CONTROL ON SCHEMA::inventory TO app',
    'GRANT SELECT (Id, Name) ON inventory.Resource TO app',
    'GRANT SELECT ON inventory.Resource TO public',
    'ALTER ROLE db_datareader ADD MEMBER app',
    'ALTER ROLE db_owner ADD MEMBER app',
  ]) {
    it(`reads after ${grant}, and not before`, () => {
      refuses(() => db.execute(select, db.as('app')), 229, denied);
      db.run(grant);
      db.execute(select, db.as('app'));
    });
  }

  for (const grant of [
    'GRANT INSERT ON inventory.Resource TO app',
    'GRANT SELECT ON inventory.Other TO app',
    'GRANT SELECT ON SCHEMA::dbo TO app',
    'GRANT SELECT ON inventory.Resource TO other',
    'GRANT ALTER ON inventory.Resource TO app',
    'GRANT VIEW DEFINITION TO app',
    'ALTER ROLE db_datawriter ADD MEMBER app',
    'ALTER ROLE db_ddladmin ADD MEMBER app',
    'ALTER ROLE db_securityadmin ADD MEMBER app',
    'ALTER ROLE db_accessadmin ADD MEMBER app',
  ]) {
    it(`does not read after ${grant}`, () => {
      db.run(grant);
      refuses(() => db.execute(select, db.as('app')), 229, denied);
    });
  }

  for (const deny of [
    'DENY SELECT ON inventory.Resource TO app',
    'DENY SELECT ON SCHEMA::inventory TO app',
    'DENY SELECT TO app',
    'DENY CONTROL ON inventory.Resource TO app',
    'DENY SELECT ON inventory.Resource TO public',
    'ALTER ROLE db_denydatareader ADD MEMBER app',
  ]) {
    it(`lets ${deny} win over every GRANT`, () => {
      db.run(
        'ALTER ROLE db_owner ADD MEMBER app GRANT SELECT ON inventory.Resource TO app'.replace(
          ' GRANT',
          '; GRANT',
        ),
      );
      db.execute(select, db.as('app'));
      db.run(deny);
      refuses(() => db.execute(select, db.as('app')), 229);
      db.execute(select);
    });
  }

  it('denies single columns, and names them', () => {
    db.run('GRANT SELECT ON inventory.Resource TO app');
    db.run('DENY SELECT (Secret) ON inventory.Resource TO app');
    db.execute(select, db.as('app'));
    refuses(
      () => db.execute('SELECT * FROM {inventory.Resource}', db.as('app')),
      230,
      "The SELECT permission was denied on the column 'Secret' of the object 'Resource', database 'inventory', schema 'inventory'.",
    );
  });

  it('lets a GRANT on a column win over a DENY on its table, as SQL Server does', () => {
    db.run('DENY SELECT ON inventory.Resource TO app');
    db.run('GRANT SELECT (Id) ON inventory.Resource TO app');
    db.execute('SELECT Id FROM {inventory.Resource}', db.as('app'));
    refuses(() => db.execute(select, db.as('app')), 230);
    db.run('DENY SELECT ON SCHEMA::inventory TO app');
    refuses(() => db.execute('SELECT Id FROM {inventory.Resource}', db.as('app')), 229);
  });

  it('counts rows with any column, and none without', () => {
    refuses(() => db.execute('SELECT count(*) FROM {inventory.Resource}', db.as('app')), 229);
    db.run('GRANT SELECT (Id) ON inventory.Resource TO app');
    db.execute('SELECT count(*) FROM {inventory.Resource}', db.as('app'));
  });

  it('needs SELECT for a condition of an UPDATE or DELETE', () => {
    db.run('GRANT UPDATE, DELETE ON inventory.Resource TO app');
    db.execute("UPDATE {inventory.Resource} SET Name = 'x'", db.as('app'));
    db.execute('DELETE FROM {inventory.Resource}', db.as('app'));
    refuses(
      () => db.execute('DELETE FROM {inventory.Resource} WHERE Id = 1', db.as('app')),
      229,
      denied,
    );
    db.run('GRANT SELECT ON inventory.Resource TO app');
    db.execute('DELETE FROM {inventory.Resource} WHERE Id = 1', db.as('app'));
  });

  it('needs no right on tables that foreign keys reach', () => {
    db.run(
      'CREATE TABLE inventory.Child (Id int PRIMARY KEY, Parent int REFERENCES inventory.Resource (Id) ON DELETE CASCADE)',
    );
    db.run('GRANT INSERT ON inventory.Child TO app');
    db.run('GRANT DELETE ON inventory.Resource TO app');
    db.execute("INSERT INTO {inventory.Resource} VALUES (1, 'a', 's')");
    db.execute('INSERT INTO {inventory.Child} VALUES (1, 1)', db.as('app'));
    db.execute('DELETE FROM {inventory.Resource}', db.as('app'));
    refuses(() => db.execute('DELETE FROM {inventory.Child}', db.as('app')), 229);
    refuses(
      () =>
        db.execute(
          'DELETE FROM {inventory.Resource} WHERE EXISTS (SELECT Parent FROM {inventory.Child})',
          db.as('app'),
        ),
      229,
    );
  });

  it('grants UPDATE by column', () => {
    db.run('GRANT UPDATE (Name) ON inventory.Resource TO app');
    db.execute("UPDATE {inventory.Resource} SET Name = 'x'", db.as('app'));
    refuses(() => db.execute("UPDATE {inventory.Resource} SET Secret = 'x'", db.as('app')), 230);
  });

  it('does not check what belongs to the owner of the procedure, and all else', () => {
    db.execute(select, db.as('app'), 1);
    db.run('CREATE USER owner WITHOUT LOGIN');
    db.run('CREATE SCHEMA own AUTHORIZATION owner');
    db.run('CREATE TABLE own.T (Id int)');
    refuses(() => db.execute('SELECT Id FROM {own.T}', db.as('app'), 1), 229);
    refuses(() => db.execute(select, db.as('app')), 229);
  });

  it('lets an owner of a schema do all in it, whatever is denied', () => {
    db.run('CREATE SCHEMA own AUTHORIZATION app');
    db.run('CREATE TABLE own.T (Id int)');
    db.run('DENY SELECT TO app');
    db.execute('SELECT Id FROM {own.T}', db.as('app'));
    refuses(() => db.execute(select, db.as('app')), 229);
  });

  it('reaches neither SQLite’s own tables nor the catalogue’s', () => {
    for (const table of ['sqlite_schema', '"sys.catalogue"', 'pragma_table_list']) {
      assert.throws(() => db.execute(`SELECT * FROM ${table}`, db.as('app')));
      assert.throws(() => db.execute(`SELECT * FROM ${table}`));
    }
    for (const sql of [
      "ATTACH ':memory:' AS x",
      'PRAGMA user_version',
      'CREATE TABLE x (a)',
      'DROP TABLE {inventory.Resource}',
    ]) {
      assert.throws(() => db.execute(sql));
    }
  });

  it('takes back what was granted, and what was granted on with it', () => {
    db.run('GRANT SELECT ON inventory.Resource TO app WITH GRANT OPTION');
    db.run('GRANT SELECT ON inventory.Resource TO other', db.as('app'));
    db.execute(select, db.as('other'));
    refuses(() => db.run('REVOKE SELECT ON inventory.Resource FROM app'), 4611);
    db.run('REVOKE SELECT ON inventory.Resource FROM app CASCADE');
    refuses(() => db.execute(select, db.as('app')), 229);
    refuses(() => db.execute(select, db.as('other')), 229);
  });

  it('lets only those grant who may', () => {
    const grant = 'GRANT SELECT ON inventory.Resource TO other';
    db.run('GRANT SELECT ON inventory.Resource TO app');
    refuses(
      () => db.run(grant, db.as('app')),
      15151,
      "Cannot find the object 'Resource', because it does not exist or you do not have permission.",
    );
    db.run('ALTER ROLE db_ddladmin ADD MEMBER app');
    refuses(() => db.run(grant, db.as('app')), 15151);
    refuses(() => db.run('GRANT CREATE TABLE TO public', db.as('app')), 4613);
    db.run('ALTER ROLE db_securityadmin ADD MEMBER app');
    db.run(grant, db.as('app'));
  });

  it('refuses grants that mean nothing', () => {
    refuses(() => db.run('GRANT EXECUTE ON inventory.Resource TO app'), 4606);
    refuses(() => db.run('GRANT SELECT ON inventory.Nothing TO app'), 15151);
    refuses(() => db.run('GRANT SELECT ON inventory.Resource TO nobody'), 15151);
    refuses(() => db.run('GRANT SELECT ON inventory.Resource TO dbo'), 4624);
    refuses(() => db.run('GRANT SELECT ON inventory.Resource TO db_datareader'), 4617);
    refuses(() => db.run('GRANT DELETE (Id) ON inventory.Resource TO app'), 1020);
  });

  it('needs CREATE TABLE and ALTER on the schema to make a table', () => {
    const make = () => db.run('CREATE TABLE inventory.T (Id int)', db.as('app'));
    refuses(make, 262, "CREATE TABLE permission denied in database 'inventory'.");
    db.run('GRANT CREATE TABLE TO app');
    refuses(make, 2760);
    db.run('GRANT ALTER ON SCHEMA::inventory TO app');
    make();
    refuses(() => db.run('CREATE PROCEDURE inventory.P AS SELECT 1', db.as('app')), 262);
    refuses(() => db.run('DROP TABLE own.T', db.as('app')), 3701);
  });
});

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { SecurityContext } from '../../../../../local/azure/sql/security/security-context.ts';
import { openSqlDatabase, type TestDatabase } from '../../../../support/sql-database.ts';

describe('System views', () => {
  let db: TestDatabase;

  beforeEach(() => {
    db = openSqlDatabase();
    db.run('CREATE SCHEMA inventory');
    db.run(`CREATE TABLE inventory.Resource (
      Id int IDENTITY(1, 1) CONSTRAINT PK_Resource PRIMARY KEY,
      Name nvarchar(50) NOT NULL CONSTRAINT DF_Name DEFAULT N'x',
      At datetime2(3) NULL CHECK (Id > 0))`);
    db.run('CREATE TABLE inventory.Note (R int CONSTRAINT FK_R REFERENCES inventory.Resource)');
    db.run('CREATE PROCEDURE inventory.Record @Id int, @Sum bigint OUTPUT AS SELECT 1');
    db.run('CREATE USER app WITH SID = 0x67452301AB89EFCD0123456789ABCDEF, TYPE = E');
    db.run('CREATE USER other WITHOUT LOGIN');
  });

  /** Rows as objects. */
  const rows = (name: string, security: SecurityContext = db.dbo) => {
    const [schema = '', view = ''] = name.split('.');
    const found = db.catalogue.findObject(schema, view);
    assert.equal(found?.kind, 'systemView');
    if (found?.kind !== 'systemView') throw new Error(name);
    return found
      .rows(security)
      .map((row) =>
        Object.fromEntries(found.columns.map((column, index) => [column.name, row[index]])),
      );
  };

  it('fill every column that takes no NULL', () => {
    for (const view of db.store.systemViews.values()) {
      for (const row of view.rows(db.dbo)) {
        assert.equal(row.length, view.columns.length);
        for (const [index, column] of view.columns.entries()) {
          assert.ok(column.nullable || row[index] !== null, `${view.name}.${column.name}`);
        }
      }
    }
  });

  it('show a user as Azure does', () => {
    const app = rows('sys.database_principals').find(({ name }) => name === 'app');
    assert.equal(app?.type, 'E');
    assert.equal(app?.type_desc, 'EXTERNAL_USER');
    assert.equal(app?.authentication_type_desc, 'EXTERNAL');
    assert.equal(
      Buffer.from(app?.sid as Uint8Array).toString('hex'),
      '67452301ab89efcd0123456789abcdef',
    );
  });

  it('show a user itself and the built-in ones, no other', () => {
    const names = rows('sys.database_principals', db.as('app')).map(({ name }) => name);
    assert.ok(names.includes('app') && names.includes('db_datareader') && names.includes('dbo'));
    assert.ok(!names.includes('other'));
    assert.ok(rows('sys.database_principals').some(({ name }) => name === 'other'));
  });

  it('show permissions with their codes, and nobody else’s', () => {
    db.run(
      'GRANT EXECUTE ON inventory.Record TO app; GRANT SELECT (Name) ON inventory.Resource TO other',
    );
    const own = rows('sys.database_permissions', db.as('app')).filter((row) => row.class === 1);
    assert.deepEqual(
      own.map(({ type, permission_name: name, state_desc: state }) => [type, name, state]),
      [['EX  ', 'EXECUTE', 'GRANT']],
    );
    const all = rows('sys.database_permissions').filter((row) => row.class === 1);
    assert.deepEqual(
      all.map((row) => row.minor_id),
      [0, 2],
    );
  });

  it('show objects to who has a right on them', () => {
    const tables = () => rows('sys.tables', db.as('app')).map(({ name }) => name);
    assert.deepEqual(tables(), []);
    assert.deepEqual(rows('sys.columns', db.as('app')), []);
    db.run('GRANT SELECT ON inventory.Resource TO app');
    assert.deepEqual(tables(), ['Resource']);
    assert.equal(rows('INFORMATION_SCHEMA.COLUMNS', db.as('app')).length, 3);
  });

  it('keep the text of a procedure from who may only run it', () => {
    db.run('GRANT EXECUTE ON inventory.Record TO app');
    const text = () => rows('sys.sql_modules', db.as('app'))[0]?.definition;
    assert.equal(text(), null);
    db.run('GRANT VIEW DEFINITION ON inventory.Record TO app');
    assert.match(String(text()), /^CREATE PROCEDURE inventory\.Record/);
  });

  it('describe columns in bytes and digits', () => {
    const columns = rows('sys.columns').filter(
      ({ object_id: id }) => id === db.catalogue.listTables()[0]?.objectId,
    );
    assert.deepEqual(
      columns.map((c) => [
        c.name,
        c.system_type_id,
        c.max_length,
        c.precision,
        c.scale,
        c.is_nullable,
        c.is_identity,
      ]),
      [
        ['Id', 56, 4, 10, 0, 0, 1],
        ['Name', 231, 100, 0, 0, 0, 0],
        ['At', 42, 7, 23, 3, 1, 0],
      ],
    );
  });

  it('list constraints with their tables', () => {
    const names = rows('sys.objects').map(({ name, type }) => `${type} ${name}`);
    assert.ok(
      names.includes('PK PK_Resource') && names.includes('D  DF_Name') && names.includes('F  FK_R'),
    );
    assert.equal(rows('sys.foreign_key_columns')[0]?.referenced_column_id, 1);
    assert.equal(
      rows('INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS')[0]?.UNIQUE_CONSTRAINT_NAME,
      'PK_Resource',
    );
    assert.deepEqual(
      rows('sys.indexes').map(({ type_desc: type }) => type),
      ['CLUSTERED', 'HEAP'],
    );
  });
});

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import sql from 'mssql';
import { addIdentity } from '../../../support/local-azure.ts';
import { useSqlServer } from '../../../support/sql-server.ts';
import { sidLiteral } from '../../../support/sql-session.ts';

const { azure, connect, deploy } = await useSqlServer();
const reader = addIdentity(azure, 'reader');
const other = addIdentity(azure, 'other');
await deploy(
  'CREATE SCHEMA inventory',
  `CREATE TABLE inventory.Resource (Id int NOT NULL PRIMARY KEY, Name nvarchar(50) NOT NULL, Secret nvarchar(50) NULL);
   CREATE TABLE inventory.Audit (Id int NOT NULL, Who nvarchar(128) NOT NULL)`,
  `CREATE PROCEDURE inventory.RecordResource @id int, @name nvarchar(50) AS
   BEGIN
     SET NOCOUNT, XACT_ABORT ON;
     BEGIN TRAN;
     INSERT inventory.Resource (Id, Name) VALUES (@id, @name);
     INSERT inventory.Audit (Id, Who) VALUES (@id, USER_NAME());
     COMMIT;
   END`,
  'CREATE VIEW inventory.Names AS SELECT Id, Name FROM inventory.Resource',
  `CREATE USER [reader] WITH SID = ${sidLiteral(reader.clientId)}, TYPE = E;
   ALTER ROLE db_datareader ADD MEMBER [reader];
   CREATE USER [other] WITH SID = ${sidLiteral(other.clientId)}, TYPE = E;
   GRANT SELECT ON inventory.Names TO [other];
   GRANT SELECT ON inventory.Audit (Id) TO [other]`,
);

describe('Rights through mssql', () => {
  let asReader: sql.ConnectionPool;
  let asOther: sql.ConnectionPool;

  before(async () => {
    asReader = await connect(reader);
    asOther = await connect(other);
  });

  const refused = (promise: Promise<unknown>, number: number, message: RegExp) =>
    assert.rejects(promise, (error: unknown) => {
      assert.ok(error instanceof sql.RequestError, String(error));
      assert.equal(error.number, number, error.message);
      assert.match(error.message, message);
      return true;
    });
  const record = (pool: sql.ConnectionPool, id: number) =>
    pool.request().input('id', id).input('name', 'a').execute('inventory.RecordResource');

  it('let a reader read, and refuse it to write, to define and to grant, each with its number', async () => {
    assert.deepEqual((await asReader.query('SELECT * FROM inventory.Resource')).recordset, []);
    const place = "object 'Resource', database 'inventory', schema 'inventory'";
    for (const [text, number, message] of [
      [
        "INSERT inventory.Resource (Id, Name) VALUES (1, N'x')",
        229,
        `The INSERT permission was denied on the ${place}`,
      ],
      [
        "UPDATE inventory.Resource SET Name = N'x'",
        229,
        `The UPDATE permission was denied on the ${place}`,
      ],
      ['DELETE inventory.Resource', 229, `The DELETE permission was denied on the ${place}`],
      ['TRUNCATE TABLE inventory.Resource', 1088, 'Cannot find the object "Resource"'],
      ['CREATE TABLE inventory.X (a int)', 262, 'CREATE TABLE permission denied'],
      ['CREATE PROCEDURE inventory.X AS SELECT 1', 262, 'CREATE PROCEDURE permission denied'],
      ['DROP TABLE inventory.Resource', 3701, "Cannot drop the table 'inventory.Resource'"],
      ['ALTER TABLE inventory.Resource ADD a int', 4902, 'Cannot find the object'],
      ['ALTER ROLE db_owner ADD MEMBER [reader]', 15151, "Cannot alter the role 'db_owner'"],
      [
        'GRANT INSERT ON inventory.Resource TO [reader]',
        15151,
        "Cannot find the object 'Resource'",
      ],
      ["EXECUTE AS USER = 'dbo'", 15517, 'Cannot execute as the database principal'],
    ] as const) {
      await refused(asReader.query(text), number, new RegExp(message.replace(/[.()]/g, '\\$&')));
    }
  });

  it('refuse EXECUTE without the right (229), and let it in the moment it is granted, on the open pool', async () => {
    const denied = /The EXECUTE permission was denied on the object 'RecordResource'/;
    await refused(record(asReader, 1), 229, denied);
    await deploy('GRANT EXECUTE ON inventory.RecordResource TO [reader]');
    await record(asReader, 1);
    await refused(record(asOther, 2), 229, denied);
    await deploy('DENY EXECUTE ON SCHEMA::inventory TO [reader]');
    await refused(record(asReader, 3), 229, denied);
    await deploy('REVOKE EXECUTE ON SCHEMA::inventory FROM [reader]');
    await record(asReader, 3);
    const { recordset } = await asReader.query(
      'SELECT Who, COUNT(*) AS n FROM inventory.Audit GROUP BY Who',
    );
    assert.deepEqual(recordset, [{ Who: 'reader', n: 2 }]);
  });

  it('let a view, and a column, be read where the table is not', async () => {
    assert.equal((await asOther.query('SELECT Name FROM inventory.Names')).recordset.length, 2);
    await refused(
      asOther.query('SELECT Name FROM inventory.Resource'),
      229,
      /SELECT permission was denied on the object 'Resource'/,
    );
    assert.equal((await asOther.query('SELECT Id FROM inventory.Audit')).recordset.length, 2);
    await refused(
      asOther.query('SELECT Who FROM inventory.Audit'),
      230,
      /SELECT permission was denied on the column 'Who'/,
    );
  });

  it('reach into every part of a statement', async () => {
    for (const text of [
      'SELECT (SELECT COUNT(*) FROM inventory.Resource) AS n',
      'SELECT 1 AS x WHERE EXISTS (SELECT 1 FROM inventory.Resource)',
      'WITH c AS (SELECT Secret FROM inventory.Resource) SELECT 1 AS x FROM c',
      'SELECT n.Id FROM inventory.Names AS n JOIN inventory.Resource AS r ON r.Id = n.Id',
      'SELECT Id FROM inventory.Names UNION ALL SELECT Id FROM inventory.Resource',
      'SELECT Id FROM inventory.Names ORDER BY (SELECT MAX(Secret) FROM inventory.Resource)',
      'DECLARE @n int; SELECT @n = COUNT(*) FROM inventory.Resource',
      'DECLARE @n int = (SELECT COUNT(*) FROM inventory.Resource)',
      'IF EXISTS (SELECT 1 FROM inventory.Resource) PRINT 1',
      "EXEC ('SELECT * FROM inventory.Resource')",
    ]) {
      await refused(
        asOther.query(text),
        229,
        /SELECT permission was denied on the object 'Resource'/,
      );
    }
  });

  it('show a user itself and its roles, and nothing of others', async () => {
    const { recordset } = await asReader.query(`
      SELECT p.name FROM sys.database_principals AS p WHERE p.type IN ('E', 'X');
      SELECT r.name AS role, m.name AS member FROM sys.database_role_members AS x
        JOIN sys.database_principals AS r ON r.principal_id = x.role_principal_id
        JOIN sys.database_principals AS m ON m.principal_id = x.member_principal_id`);
    assert.deepEqual(recordset, [{ name: 'reader' }]);
    assert.deepEqual((await asOther.query('SELECT name FROM sys.tables ORDER BY name')).recordset, [
      { name: 'Audit' },
    ]);
    const roles = await asReader.query(
      "SELECT IS_ROLEMEMBER('db_datareader') AS reader, IS_ROLEMEMBER('db_owner') AS owner, IS_ROLEMEMBER('nothing') AS nothing",
    );
    assert.deepEqual(roles.recordset, [{ reader: 1, owner: 0, nothing: null }]);
  });

  it('follow a role that is taken while the pool is open; a user that is dropped can do nothing more', async () => {
    const read = () => asReader.query('SELECT Id FROM inventory.Resource');
    await read();
    await deploy('ALTER ROLE db_datareader DROP MEMBER [reader]');
    await refused(read(), 229, /SELECT permission was denied on the object 'Resource'/);
    await deploy('ALTER ROLE db_datareader ADD MEMBER [reader]');
    await read();
    await deploy('DROP USER [reader]');
    await refused(read(), 229, /SELECT permission was denied/);
    await assert.rejects(connect(reader), { code: 'ELOGIN' });
  });
});

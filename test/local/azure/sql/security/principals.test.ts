import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { DatabaseSecurityContext } from '../../../../../local/azure/sql/security/database-security-context.ts';
import {
  executeAs,
  procedureSecurity,
} from '../../../../../local/azure/sql/security/principals/execute-as.ts';
import { openSqlDatabase, refuses, type TestDatabase } from '../../../../support/sql-database.ts';

const sid = '0x67452301AB89EFCD0123456789ABCDEF';
const clientId = '01234567-89ab-cdef-0123-456789abcdef';

describe('Users and roles', () => {
  let db: TestDatabase;
  beforeEach(() => {
    db = openSqlDatabase();
  });

  it('makes a user by SID once, and under one name', () => {
    db.run(`CREATE USER app WITH SID = ${sid}, TYPE = E`);
    refuses(() => db.run('CREATE USER APP WITHOUT LOGIN'), 15023);
    refuses(
      () => db.run(`CREATE USER app2 WITH SID = ${sid}, TYPE = E`),
      15063,
      'The login already has an account under a different user name.',
    );
    db.run('DROP USER app');
    db.run(`CREATE USER app2 WITH SID = ${sid}, TYPE = E`);
    refuses(() => db.run('CREATE USER app3 WITH SID = 0x01, TYPE = E'), 15419);
  });

  describe('from Entra', () => {
    beforeEach(() => {
      db.directory.add({
        principalId: '11111111-0000-0000-0000-000000000001',
        clientId,
        kind: 'ManagedIdentity',
        displayName: 'app',
      });
      db.directory.add({
        principalId: clientId,
        clientId: 'x',
        kind: 'Group',
        displayName: 'team',
      });
    });

    it('knows an identity by its client id and a group by its object id', () => {
      db.run('CREATE USER app FROM EXTERNAL PROVIDER');
      const user = db.catalogue.state.principals.get('app');
      assert.equal(user?.sid, sid.slice(2).toLowerCase());
      assert.equal(user?.type, 'E');
      db.run('DROP USER app');
      db.run('CREATE USER team FROM EXTERNAL PROVIDER');
      assert.equal(db.catalogue.state.principals.get('team')?.type, 'X');
      assert.equal(db.catalogue.state.principals.get('team')?.sid, user?.sid);
    });

    it('refuses names that are not there, or twice', () => {
      refuses(
        () => db.run('CREATE USER nobody FROM EXTERNAL PROVIDER'),
        33130,
        "Principal 'nobody' could not be found or this principal type is not supported.",
      );
      const twin = '22222222-0000-0000-0000-000000000002';
      db.directory.add({
        principalId: twin,
        clientId: twin,
        kind: 'Application',
        displayName: 'App',
      });
      refuses(() => db.run('CREATE USER app FROM EXTERNAL PROVIDER'), 33131);
      db.run(`CREATE USER app FROM EXTERNAL PROVIDER WITH OBJECT_ID = '${twin}'`);
    });

    it('does not look names up for an application, as no server has an identity', () => {
      const asApplication = new DatabaseSecurityContext(db.catalogue, {
        loginName: 'x',
        originalLoginName: 'x',
        principalIds: [1],
        isServicePrincipal: true,
      });
      refuses(() => db.run('CREATE USER app FROM EXTERNAL PROVIDER', asApplication), 33134);
      db.run(`CREATE USER app WITH SID = ${sid}, TYPE = E`, asApplication);
    });
  });

  it('needs ALTER ANY USER to make and drop users', () => {
    db.run(`CREATE USER app WITH SID = ${sid}, TYPE = E`);
    refuses(() => db.run('CREATE USER b WITHOUT LOGIN', db.as('app')), 15247);
    refuses(() => db.run('DROP USER app', db.as('app')), 15151);
    db.run('ALTER ROLE db_accessadmin ADD MEMBER app');
    db.run('CREATE USER b WITHOUT LOGIN', db.as('app'));
    db.run('DROP USER b', db.as('app'));
    refuses(() => db.run('DROP USER b'), 15151);
    db.run('DROP USER IF EXISTS b');
    refuses(() => db.run('DROP USER dbo'), 15150);
  });

  it('keeps a user who owns a schema or a role', () => {
    db.run('CREATE USER app WITHOUT LOGIN');
    db.run('CREATE SCHEMA s AUTHORIZATION app');
    refuses(() => db.run('DROP USER app'), 15138);
    db.run('DROP SCHEMA s');
    db.run('CREATE ROLE r AUTHORIZATION app');
    refuses(() => db.run('DROP USER app'), 15421);
    db.run('DROP ROLE r');
    db.run('DROP USER app');
  });

  it('puts users and roles into roles, never in a circle', () => {
    db.run('CREATE USER app WITHOUT LOGIN; CREATE ROLE inner_role; CREATE ROLE outer_role');
    db.run('ALTER ROLE inner_role ADD MEMBER app; ALTER ROLE outer_role ADD MEMBER inner_role');
    assert.equal(db.as('app').isMemberOf('outer_role'), true);
    assert.equal(db.as('app').isMemberOf('db_owner'), false);
    assert.equal(db.as('app').isMemberOf('nothing'), undefined);
    refuses(() => db.run('ALTER ROLE inner_role ADD MEMBER outer_role'), 15413);
    refuses(() => db.run('ALTER ROLE [public] ADD MEMBER app'), 15081);
    refuses(() => db.run('ALTER ROLE db_owner ADD MEMBER dbo'), 15405);
    refuses(() => db.run('ALTER ROLE nothing ADD MEMBER app'), 15151);
    refuses(() => db.run('ALTER ROLE inner_role ADD MEMBER nobody'), 15151);
    refuses(() => db.run('DROP ROLE inner_role'), 15144);
    db.run('ALTER ROLE inner_role DROP MEMBER app');
    assert.equal(db.as('app').isMemberOf('outer_role'), false);
    db.run('DROP ROLE inner_role');
    refuses(() => db.run('DROP ROLE db_datareader'), 15150);
  });

  it('leaves the fixed roles to db_owner', () => {
    db.run('CREATE USER app WITHOUT LOGIN; CREATE USER b WITHOUT LOGIN');
    db.run('ALTER ROLE db_securityadmin ADD MEMBER app; CREATE ROLE mine');
    refuses(() => db.run('ALTER ROLE db_datareader ADD MEMBER b', db.as('app')), 15151);
    db.run('ALTER ROLE mine ADD MEMBER b', db.as('app'));
    db.run('ALTER ROLE db_owner ADD MEMBER app');
    db.run('ALTER ROLE db_datareader ADD MEMBER b', db.as('app'));
  });

  it('acts as another user with IMPERSONATE only', () => {
    db.run('CREATE USER app WITHOUT LOGIN; CREATE USER b WITHOUT LOGIN; CREATE ROLE r');
    const act = (name: string) => executeAs(name, db.catalogue, db.as('app'));
    refuses(() => act('b'), 15517);
    refuses(() => act('dbo'), 15517);
    db.run('GRANT IMPERSONATE ON USER::b TO app');
    assert.equal(act('b').userName, 'b');
    assert.equal(act('b').originalLoginName, 'app');
    assert.equal(executeAs('app', db.catalogue, db.dbo).userName, 'app');
    refuses(() => executeAs('r', db.catalogue, db.dbo), 15517);
  });

  it('runs a procedure as its WITH EXECUTE AS says', () => {
    db.run('CREATE USER app WITHOUT LOGIN; CREATE USER maker WITHOUT LOGIN');
    db.run('GRANT CREATE PROCEDURE TO maker; GRANT ALTER ON SCHEMA::dbo TO maker');
    const runsAs = (clause: string) => {
      db.run(`CREATE OR ALTER PROCEDURE dbo.P ${clause} AS SELECT 1`, db.as('maker'));
      const object = db.catalogue.state.objects.get('3:dbo.p');
      if (object?.kind !== 'procedure') throw new Error('No procedure.');
      const { security, chainOwnerId } = procedureSecurity(object, db.catalogue, db.as('app'));
      assert.equal(chainOwnerId, 1);
      return security.userName;
    };
    assert.equal(runsAs(''), 'app');
    assert.equal(runsAs('WITH EXECUTE AS OWNER'), 'dbo');
    assert.equal(runsAs('WITH EXECUTE AS SELF'), 'maker');
  });

  it('shows a user itself and what is built in, not the others', () => {
    db.run(
      'CREATE USER app WITHOUT LOGIN; CREATE USER b WITHOUT LOGIN; CREATE TABLE dbo.T (Id int)',
    );
    const sees = (name: string) => db.as('app').sees({ kind: 'principal', name });
    assert.deepEqual(['app', 'dbo', 'db_datareader', 'public', 'b'].map(sees), [
      true,
      true,
      true,
      true,
      false,
    ]);
    const table = { kind: 'object', schema: 'dbo', name: 'T' } as const;
    assert.equal(db.as('app').sees(table), false);
    db.run('GRANT INSERT ON dbo.T TO app');
    assert.equal(db.as('app').sees(table), true);
    db.run('GRANT VIEW DEFINITION TO app');
    assert.equal(sees('b'), true);
  });

  it('forgets with a rollback, and shows others only what is committed', () => {
    db.sqlite.exec('BEGIN');
    db.run('CREATE USER app WITHOUT LOGIN');
    assert.equal(db.store.committed.principals.has('app'), false);
    assert.equal(db.catalogue.state.principals.has('app'), true);
    db.sqlite.exec('ROLLBACK');
    db.catalogue.reload();
    assert.equal(db.catalogue.state.principals.has('app'), false);
  });
});

// The app's own connection to the database of the deployed template, in the hands of somebody hostile.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import sql from 'mssql';
import { getResource } from '../../functions/get-resource.ts';
import { httpHandler } from '../../functions/http-handler.ts';
import { listResources } from '../../functions/list-resources.ts';
import { recordFinding } from '../../shared/inventory/record-finding.ts';
import type { Finding } from '../../shared/scan/finding.ts';
import { eventIdOf } from '../../shared/scan/finding.ts';
import { call } from '../functions/functions-sdk.ts';
import { deployApp } from '../shared/deployed-app.ts';
import { useLocalAzure } from '../support/local-azure.ts';

const azure = await useLocalAzure();
const app = await deployApp(azure);
const services = app.createServices();
after(() => services.close());

const hostile = [
  "'; DROP TABLE inventory.Resource; --",
  "' OR 1=1 --",
  "x' UNION SELECT name, NULL FROM sys.database_principals --",
  '%',
  '_',
  '[a-z]',
  "N'; EXEC sp_executesql N'DELETE FROM inventory.Resource' --",
  '/* */ WAITFOR DELAY 0:0:5',
] as const;

function findingNamed(text: string): Finding {
  const id = `/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e/resourceGroups/rg/providers/T/t/${text}`;
  const createdTime = '2026-11-25T06:00:00.000Z';
  return {
    eventId: eventIdOf(id, createdTime),
    id,
    type: text,
    name: text,
    location: text,
    createdTime,
  };
}

/** As the host calls it. */
async function list(values: Readonly<Record<string, string>>) {
  const handler = httpHandler(listResources, { services: () => services });
  return call(handler, `resources?${new URLSearchParams(values)}`, {});
}

interface Listed {
  readonly resources: readonly { readonly name: string; readonly type: string }[];
}

describe('T10 what looks like SQL', () => {
  it('is recorded as it is, and is found by itself alone', async () => {
    for (const text of hostile) {
      assert.equal(await recordFinding(findingNamed(text), services.database), true);
    }
    for (const text of hostile) {
      const { status, body } = await list({ type: text });
      assert.equal(status, 200);
      const { resources } = body as unknown as Listed;
      assert.deepEqual(
        resources.map(({ name, type }) => [name, type]),
        [[text, text]],
      );
    }
    const { body } = await list({});
    assert.equal((body as unknown as Listed).resources.length, hostile.length);
  });

  it('reaches the database in no other parameter', async () => {
    for (const text of hostile) {
      for (const name of ['top', 'createdAfter', 'continuation', 'order']) {
        const { status, body } = await list({ [name]: text });
        assert.equal(status, 400, `${name}=${text}`);
        assert.equal((body as { readonly code?: string }).code, 'INPUT_INVALID');
      }
      const handler = httpHandler(getResource, { services: () => services });
      const { status } = await call(handler, 'resources/x', { eventId: text });
      assert.equal(status, 400, text);
    }
  });
});

describe('T22 the app that wants more rights in the database', () => {
  const attempts: Readonly<Record<string, readonly number[]>> = {
    'ALTER ROLE db_owner ADD MEMBER [me]': [15151],
    'GRANT INSERT ON SCHEMA::inventory TO [me]': [15151],
    'CREATE USER [other] WITHOUT LOGIN': [15247],
    'CREATE ROLE [mine]': [15247],
    "EXECUTE AS USER = 'dbo'": [15517],
    'CREATE PROCEDURE inventory.Mine AS SELECT 1': [262],
    'CREATE TABLE inventory.Mine (Id int NOT NULL)': [262],
    'CREATE SCHEMA mine': [2759, 262],
    'DROP TABLE inventory.Resource': [3701],
    'ALTER TABLE inventory.Resource ADD Mine int NULL': [4902],
    'TRUNCATE TABLE inventory.Resource': [1088],
    'DELETE FROM inventory.Resource': [229],
    "UPDATE inventory.Resource SET Name = N'x'": [229],
    'INSERT INTO inventory.Resource (EventId) VALUES (NEWID())': [229],
  };

  it('gets none: each attempt is refused, and its rights stay as they were', async () => {
    const { AZURE_CLIENT_ID: clientId, SQL_SERVER: server = '' } = app.settings;
    const principal = azure.directory.all().find((each) => each.clientId === clientId);
    assert.ok(principal);
    const { accessToken: token } = await azure.tokens.issue(
      principal,
      'https://database.windows.net/',
    );
    const pool = await new sql.ConnectionPool({
      ...{ server, database: app.settings.SQL_DATABASE ?? '' },
      authentication: { type: 'azure-active-directory-access-token', options: { token } },
      options: { encrypt: 'strict' as unknown as boolean },
      pool: { max: 1 },
    }).connect();
    try {
      const me = (await pool.query<{ n: string }>('SELECT USER_NAME() AS n')).recordset[0]?.n ?? '';
      const rights = () =>
        pool.query(
          "SELECT r.name FROM sys.database_role_members m JOIN sys.database_principals r ON r.principal_id = m.role_principal_id; SELECT permission_name, major_id FROM sys.database_permissions ORDER BY major_id, permission_name; SELECT HAS_PERMS_BY_NAME('inventory.Resource', 'OBJECT', 'INSERT') AS i",
        );
      const before = (await rights()).recordsets;
      for (const [text, numbers] of Object.entries(attempts)) {
        await assert.rejects(
          pool.query(text.replace('[me]', `[${me}]`)),
          (error: sql.RequestError) => {
            assert.ok(
              numbers.includes(error.number ?? 0),
              `${text}: ${error.number} ${error.message}`,
            );
            return true;
          },
        );
      }
      assert.deepEqual((await rights()).recordsets, before);
    } finally {
      await pool.close();
    }
  });
});

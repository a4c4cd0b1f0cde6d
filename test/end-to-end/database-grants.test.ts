// What each right in the database is for: without it exactly the calls that need it are refused, in SQL Server's words,
// and the app says who may not do what where, and what is missing. Put back, the running app works again.
import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import sql from 'mssql';
import { runBatches } from '../../infra/run-batches.ts';
import { sqlBatches } from '../../infra/sql-batches.ts';
import type { Principal } from '../../local/azure/directory.ts';
import { buildApp } from '../../local/build-app.ts';
import { deployTemplate } from '../../local/deploy-template.ts';
import {
  addIdentity,
  credentialOf,
  projectDirectory,
  readOwnTemplate,
  useLocalAzure,
} from '../support/local-azure.ts';
import { editOwnTemplate, resourcesOf } from './edit-template.ts';
import { type AppOnAzure, deploySite, startDeployedApp } from './start-deployed-app.ts';
import { diagnose } from './try-everything.ts';

const azure = await useLocalAzure();

/** No run but by hand while a test looks. */
const parameters = { messaging: true, scanSchedule: '0 0 3 1 1 *' };

const everythingWorks = {
  listResources: 'works',
  // There is none with this id.
  getResource: 'NOT_FOUND (database)',
  summarizeResources: 'works',
  getDatabaseIdentity: 'works',
  recordResource: 'works',
  diagnose: 'works',
};

type Outcomes = Record<keyof typeof everythingWorks, string>;

interface MissingRight {
  readonly name: string;
  readonly template: unknown;
  readonly refused: Partial<Outcomes>;
  /** What the app says is missing, and on what. */
  readonly denied: { readonly action: string; readonly role: string; readonly on: string };
  /** Through the driver alone; number (of a login: the driver's code) and words of SQL Server. */
  readonly statement: string;
  readonly number: number | string;
  readonly words: string;
}

const DENIED = 'ACCESS_DENIED (database)';
const USER = '05-user.sql';

const missingRights: readonly MissingRight[] = [
  {
    name: 'db_datareader',
    template: without('ALTER ROLE db_datareader ADD MEMBER [$(UserName)];'),
    refused: { listResources: DENIED, getResource: DENIED, diagnose: 'ACCESS_DENIED' },
    denied: { action: 'SELECT', role: 'db_datareader', on: ': inventory.Resource' },
    statement: 'SELECT TOP (1) Name FROM inventory.Resource;',
    number: 229,
    words:
      "The SELECT permission was denied on the object 'Resource', database 'inventory', schema 'inventory'.",
  },
  ...(['RecordResource', 'SummarizeResources'] as const).map((procedure) => ({
    name: `EXECUTE on ${procedure}`,
    template: without(`GRANT EXECUTE ON OBJECT::inventory.${procedure} TO [$(UserName)];`),
    refused: {
      [procedure === 'RecordResource' ? 'recordResource' : 'summarizeResources']: DENIED,
      diagnose: 'ACCESS_DENIED',
    },
    denied: {
      action: 'EXECUTE',
      role: `EXECUTE on inventory.${procedure}`,
      on: `: inventory.${procedure}`,
    },
    statement: `EXEC inventory.${procedure};`,
    number: 229,
    words: `The EXECUTE permission was denied on the object '${procedure}', database 'inventory', schema 'inventory'.`,
  })),
  {
    name: 'a user for its client id (its object id is the classic mistake)',
    template: withObjectIds(),
    refused: {
      ...Object.fromEntries(Object.keys(everythingWorks).map((name) => [name, DENIED])),
      diagnose: 'ACCESS_DENIED',
    },
    denied: { action: 'CONNECT', role: 'a database user for its client id', on: '' },
    statement: 'SELECT 1;',
    number: 'ELOGIN',
    words: "Login failed for user '<token-identified principal>'.",
  },
];

/** Our template, whose script leaves a statement out. */
function without(statement: string): unknown {
  const text = JSON.stringify(readOwnTemplate());
  // Once for each kind of identity.
  assert.equal(text.split(statement).length, 3, `${USER} has ${statement}`);
  return JSON.parse(text.replaceAll(statement, ''));
}

function withObjectIds(): unknown {
  return editOwnTemplate((template) => {
    const modules = resourcesOf(template).map(({ properties }) => Object(properties).parameters);
    const clientIds = modules.filter((given) => given?.clientId).map(({ clientId }) => clientId);
    assert.equal(clientIds.length, 2);
    for (const one of clientIds) {
      one.value = String(one.value)
        .replace(/\.clientId\b/, '.principalId')
        .replace('systemAssignedClientId', 'systemAssignedPrincipalId');
    }
  });
}

async function tryDatabase(app: AppOnAzure, group: string): Promise<Outcomes> {
  const told = async (path: string) => {
    const { status, body } = await app.get(path);
    return status < 300 ? 'works' : `${body.code} (${body.target})`;
  };
  return {
    recordResource: await record(app, group),
    listResources: await told('/api/resources'),
    getResource: await told(`/api/resources/${crypto.randomUUID()}`),
    summarizeResources: await told('/api/resource-summary'),
    getDatabaseIdentity: await told('/api/database/identity'),
    diagnose: (await diagnosed(app))?.verdict ?? 'not there',
  };
}

async function diagnosed(app: AppOnAzure) {
  return (await diagnose(app)).find(({ target }) => target === 'database');
}

let count = 0;

/** Makes a resource, lets the scan find it, and waits for what becomes of it. */
async function record(app: AppOnAzure, group: string): Promise<string> {
  const name = `id-found-${++count}`;
  const from = app.output().length;
  await deployTemplate(azure, {
    name: 'more',
    resourceGroup: group,
    location: 'westeurope',
    parameters: {},
    template: {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      resources: [
        {
          type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
          apiVersion: '2024-11-30',
          name,
          location: 'westeurope',
        },
      ],
    },
  });
  assert.equal((await app.scan()).outcome, 'Succeeded');
  const [, refusal] = await app.printed(
    new RegExp(
      `Recorded: Microsoft\\.ManagedIdentity/userAssignedIdentities ${name}\\n|^\\[\\S+\\] ([A-Z_]+ \\(database\\)):`,
      'm',
    ),
    from,
  );
  return refusal ?? 'works';
}

function addressOf(app: AppOnAzure) {
  const { SQL_SERVER: server = '', SQL_DATABASE: database = '' } = app.settings;
  return { server, database };
}

/** Through the driver alone, with a token of this principal. */
async function query(app: AppOnAzure, principal: Principal, statement: string) {
  const credential = credentialOf(azure, principal);
  const pool = new sql.ConnectionPool({
    ...addressOf(app),
    authentication: { type: 'token-credential', options: { credential } },
    options: { encrypt: 'strict', maxRetriesOnTransientErrors: 0 },
  });
  pool.on('error', () => {});
  try {
    await pool.connect();
    return (await pool.request().query(statement)).recordset;
  } finally {
    await pool.close();
  }
}

async function assertAppTells(app: AppOnAzure, { denied }: MissingRight): Promise<void> {
  const { server, database } = addressOf(app);
  const { principalId } = app.identity;
  const target = await diagnosed(app);
  assert.deepEqual(target?.access, {
    principalId,
    action: denied.action,
    scope: `${server}/${database}${denied.on}`,
    role: denied.role,
  });
  assert.match(target?.message ?? '', new RegExp(`^The identity ${principalId} may not `));
  assert.match(target?.nextStep ?? '', /npm run grant-database/);
}

async function proveRight(t: TestContext, missing: MissingRight, identityKind: string) {
  const group = `rg-${identityKind}-${missingRights.indexOf(missing)}`;
  const kind = { ...parameters, identityKind };
  const app = await startDeployedApp(azure, {
    group,
    template: missing.template,
    parameters: kind,
  });
  t.after(app.stop);
  assert.deepEqual(await tryDatabase(app, group), { ...everythingWorks, ...missing.refused });
  await assertAppTells(app, missing);
  await assert.rejects(query(app, app.identity, missing.statement), (error: Error) => {
    const { code, number } = error as Error & {
      readonly code?: unknown;
      readonly number?: unknown;
    };
    // The driver tells no number of a login.
    assert.equal(number ?? code, missing.number);
    assert.equal(error.message, missing.words);
    return true;
  });
  await deploySite(azure, { group, parameters: kind });
  assert.deepEqual(await tryDatabase(app, group), everythingWorks);
  assert.equal(app.process.exitCode, null, 'it is still the same process');
}

/** Most of a case is waiting, for a server that refuses. */
const CASES_AT_ONCE = 3;

describe('the rights in the database', { concurrency: CASES_AT_ONCE }, () => {
  before(() => buildApp(projectDirectory));

  for (const identityKind of ['userAssigned', 'systemAssigned']) {
    for (const missing of missingRights) {
      it(`(${identityKind}) without ${missing.name}: exactly what needs it is refused; with it the running app works`, (t) =>
        proveRight(t, missing, identityKind));
    }
  }
});

describe('a deployment without its script', () => {
  before(() => buildApp(projectDirectory));

  it('lets nobody in but the administrator, who makes the rest with npm run grant-database, twice if need be', async (t) => {
    const group = 'rg-by-hand';
    const administrator = addIdentity(azure, 'id-administrator');
    const app = await startDeployedApp(azure, {
      group,
      parameters: {
        ...parameters,
        grantDatabaseByScript: false,
        databaseAdministratorId: administrator.principalId,
        databaseAdministratorType: 'Application',
      },
    });
    t.after(app.stop);
    assert.equal((await diagnosed(app))?.verdict, 'ACCESS_DENIED');
    assert.equal(app.identity.kind, 'ManagedIdentity');
    const batches = await sqlBatches({
      user: app.identity.displayName,
      sid: sidOf(app.identity.clientId),
    });
    const run = { ...addressOf(app), batches, delayMs: 0 };
    await assert.rejects(runBatches({ ...run, credential: credentialOf(azure, app.identity) }), {
      message: "Login failed for user '<token-identified principal>'.",
    });
    const credential = credentialOf(azure, administrator);
    await runBatches({ ...run, credential });
    assert.deepEqual(await tryDatabase(app, group), everythingWorks);
    const recorded = async () => {
      const rows = await query(app, administrator, 'SELECT EventId FROM inventory.Resource;');
      return new Set(rows.map(({ EventId }) => EventId));
    };
    const before = await recorded();
    await runBatches({ ...run, credential });
    assert.ok(before.size > 0);
    assert.ok((await recorded()).isSupersetOf(before), 'no row is lost');
    assert.deepEqual(await tryDatabase(app, group), everythingWorks);
  });
});

/** The bytes of the GUID as Windows stores them. */
function sidOf(clientId: string): string {
  const [one = '', two = '', three = '', ...rest] = clientId.split('-');
  const reversed = [one, two, three].map((group) => Buffer.from(group, 'hex').reverse());
  const bytes = Buffer.concat([...reversed, Buffer.from(rest.join(''), 'hex')]);
  return `0x${bytes.toString('hex').toUpperCase()}`;
}

// Who may do what in the database, as the template and the files of infra/sql say: the server's administrator is an
// identity of its own, the app's user has its client id as SID, and reads and runs two procedures.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sqlBatches, sqlFiles } from '../../infra/sql-batches.ts';
import { deployTemplate } from '../../local/deploy-template.ts';
import { readOwnTemplate, useLocalAzure } from '../support/local-azure.ts';
import { type DeployedResource, deployedBy, readTemplate, valueAt } from './deployed.ts';
import { type Variant, variants } from './snapshot.ts';

const azure = await useLocalAzure();

const sqlFolder = join(import.meta.dirname, '../../infra/sql');

async function resourcesOf(variant: Variant, type: string): Promise<readonly DeployedResource[]> {
  return (await deployedBy(variant)).filter((resource) => resource.type === type);
}

for (const variant of variants.filter(({ database }) => database)) {
  describe(`the database of the ${variant.name} variant`, () => {
    it('is administered by one identity that is attached to the script alone, or by a person', async () => {
      const [server] = await resourcesOf(variant, 'Microsoft.Sql/servers');
      const [site] = await resourcesOf(variant, 'Microsoft.Web/sites');
      const scripts = await resourcesOf(variant, 'Microsoft.Resources/deploymentScripts');
      const sid = String(valueAt(server, 'properties.administrators.sid'));
      if (variant.database === 'person') {
        assert.equal(sid, '[deployer().objectId]');
        assert.deepEqual(scripts, []);
        return;
      }
      const attached = scripts.flatMap((script) => identitiesOf(script));
      assert.equal(attached.length, 1);
      const [identityId = ''] = attached;
      assert.equal(sid, `[reference('${identityId}', '2024-11-30').principalId]`);
      assert.ok(!identitiesOf(site).includes(identityId), 'the app is not the administrator');
    });

    if (variant.database === 'script') {
      it("makes a user that is called as the app's identity, by the client id and no object id", async () => {
        const [script] = await resourcesOf(variant, 'Microsoft.Resources/deploymentScripts');
        const [site] = await resourcesOf(variant, 'Microsoft.Web/sites');
        const batches = String(variableOf(script, 'SQL_BATCHES'));
        assert.match(batches, /clientId/i);
        assert.doesNotMatch(batches, /principalId/);
        const [identityId] = identitiesOf(site);
        const user = variant.identityKind === 'userAssigned' ? identityId : site?.name;
        const name = String(user).split('/').at(-1);
        assert.ok(batches.includes(`CREATE USER [${name}] WITH SID = `));
      });
    }
  });
}

describe('infra/sql', () => {
  it('is what the template has, file by file and in order', async () => {
    const { resources } = await readTemplate();
    const variables = valueAt(resources, 'userAssignedDatabaseUser.properties.template.variables');
    const loaded = Object.entries(variables as object)
      .filter(([name]) => name.startsWith('$fxv#'))
      .map(([, text]) => text);
    const files = (await readdir(sqlFolder)).filter((name) => name.endsWith('.sql')).sort();
    assert.deepEqual(files, sqlFiles);
    const texts = await Promise.all(
      [...files, 'run-batches.ps1'].map((name) => readFile(join(sqlFolder, name), 'utf8')),
    );
    assert.deepEqual(loaded, texts);
  });

  it('has one batch a file, which every client can run as it is', async () => {
    for (const name of sqlFiles) {
      assert.doesNotMatch(await readFile(join(sqlFolder, name), 'utf8'), /^\s*GO\b/im, name);
    }
  });

  it('grants reading and two procedures, and nothing else', async () => {
    const text = (await sqlBatches({ user: 'app', sid: `0x${'AB'.repeat(16)}` }))
      .map(withoutComments)
      .join('\n');
    const rights = [...text.matchAll(/^\s*((?:GRANT|DENY|ALTER ROLE|EXEC\s+sp_)[^;]*);/gim)];
    assert.deepEqual(
      rights.map(([, right]) => right),
      [
        'ALTER ROLE db_datareader ADD MEMBER [app]',
        'GRANT EXECUTE ON OBJECT::inventory.RecordResource TO [app]',
        'GRANT EXECUTE ON OBJECT::inventory.SummarizeResources TO [app]',
      ],
    );
    assert.doesNotMatch(text, /db_owner|db_ddladmin|db_datawriter|db_securityadmin|CONTROL/i);
    assert.doesNotMatch(text, /PASSWORD|CREATE LOGIN|EXTERNAL PROVIDER/i);
    assert.doesNotMatch(text, /\$\(/, 'nothing is left to put in');
  });
});

describe('the SID of the app\u2019s user', () => {
  for (const identityKind of ['userAssigned', 'systemAssigned']) {
    it(`is the client id of its ${identityKind} identity, in the byte order of Windows`, async () => {
      const { outputs } = await deployTemplate(azure, {
        name: 'main',
        resourceGroup: `rg-${identityKind}`,
        location: 'westeurope',
        template: readOwnTemplate(),
        parameters: { environmentName: { value: 'sid' }, identityKind: { value: identityKind } },
      });
      const principalId = String(outputs?.APP_IDENTITY_PRINCIPAL_ID?.value);
      const clientId = azure.directory.find(principalId)?.clientId ?? '';
      assert.equal(outputs?.DATABASE_USER_SID?.value, windowsBytes(clientId));
    });
  }

  it('reverses the first three groups', () => {
    // Check value: Guid.ToByteArray() of .NET.
    const sid = windowsBytes('01234567-89ab-cdef-0123-456789abcdef');
    assert.equal(sid, '0x67452301AB89EFCD0123456789ABCDEF');
  });
});

function windowsBytes(guid: string): string {
  const [one = '', two = '', three = '', ...rest] = guid.split('-');
  const reversed = [one, two, three].map((group) => Buffer.from(group, 'hex').reverse());
  return `0x${Buffer.concat([...reversed, Buffer.from(rest.join(''), 'hex')])
    .toString('hex')
    .toUpperCase()}`;
}

const withoutComments = (text: string) => text.replaceAll(/--.*$/gm, '');

function identitiesOf(resource: DeployedResource | undefined): readonly string[] {
  return Object.keys(Object(valueAt(resource, 'identity.userAssignedIdentities')));
}

function variableOf(script: DeployedResource | undefined, name: string): unknown {
  const variables = valueAt(script, 'properties.environmentVariables');
  assert.ok(Array.isArray(variables));
  return variables.find((variable) => variable.name === name)?.value;
}

// Mistakes in our own template: each is refused in Azure's words and named, and what hangs on it is not made.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { deployTemplate } from '../../local/deploy-template.ts';
import { readOwnTemplate, useLocalAzure } from '../support/local-azure.ts';
import {
  editOwnTemplate,
  type Json,
  pathsOf,
  renameAt,
  resourceOf,
  resourcesOf,
  setAt,
} from './edit-template.ts';
import { resourcesIn } from './start-deployed-app.ts';
import { startProcess } from './start-process.ts';

const azure = await useLocalAzure();

interface Mistake {
  readonly name: string;
  readonly make: (template: Json) => void;
  readonly withoutParameters?: boolean;
  /** `code: message`, as the deployment's failure tells it. */
  readonly refusal: RegExp;
  /** Types (their last parts) that ARM has not made; by default none at all. */
  readonly notMade?: readonly string[];
}

const VAULT = 'Microsoft.KeyVault/vaults';
const SITE = 'Microsoft.Web/sites';
const ACCOUNT = 'Microsoft.Storage/storageAccounts';
const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments';
const NOBODY = 'dddddddd-1111-2222-3333-444444444444';

/** Found before anything is deployed. */
const invalid: readonly Mistake[] = [
  {
    name: 'a resource type of no provider',
    make: (template) => addResource(template, 'Microsoft.Contoso/widgets'),
    refusal:
      /InvalidResourceType: The resource type 'widgets' could not be found in the namespace 'Microsoft\.Contoso' for api version '2024-01-01'\./,
  },
  {
    name: 'a resource type that Azure has and the embedded Azure has not',
    make: (template) => addResource(template, 'Microsoft.KeyVault/managedHSMs'),
    refusal:
      /InvalidResourceType: The resource type 'managedHSMs' could not be found in the namespace 'Microsoft\.KeyVault'/,
  },
  {
    name: 'a function that does not exist',
    make: (template) => setAt(template, 'outputs.FUNCTION_APP_URL.value', "[shout('x')]"),
    refusal:
      /InvalidTemplate: Deployment template validation failed: 'The template output 'FUNCTION_APP_URL' is not valid: The template function 'shout' is not valid\. Please see https:\/\/aka\.ms\/arm-functions for usage details/,
  },
  {
    name: 'a function that does not exist, in a module',
    make: (template) => setAt(resourceOf(template, VAULT), 'tags', { loud: "[shout('x')]" }),
    refusal: /InvalidTemplate: .*The template function 'shout' is not valid/,
  },
  {
    name: 'a misspelt member of a resource',
    make: (template) => renameAt(resourceOf(template, SITE), 'identity', 'identitty'),
    refusal:
      /InvalidRequestContent: The request content was invalid and could not be deserialized: 'Could not find member 'identitty' on object of type 'TemplateResource'\./,
  },
  {
    name: 'a cycle',
    make: (template) => setAt(template, 'resources.keyVault.dependsOn', ['functionApp']),
    refusal:
      /InvalidTemplate: .*Circular dependency detected on resource: '\S+'\. Please see https:\/\/aka\.ms\/arm-syntax-resources for usage details\./,
  },
  {
    name: 'a parameter without value',
    make: () => {},
    withoutParameters: true,
    refusal:
      /InvalidTemplate: .*The value for the template parameter 'environmentName' at line '\d+' and column '\d+' is not provided\. Please see https:\/\/aka\.ms\/arm-create-parameter-file for usage details\./,
  },
  {
    name: 'a parameter value that is not allowed',
    make: (template) => setAt(template, 'parameters.identityKind.defaultValue', 'both'),
    refusal:
      /InvalidTemplate: .*The value 'both' is not part of the allowed value\(s\): 'userAssigned,systemAssigned'\./,
  },
];

/** Found by the resource's provider. ARM leaves what is there already, and makes nothing that depends on it. */
const refused: readonly Mistake[] = [
  {
    name: 'a role assignment for nobody, without principalType',
    make: (template) => {
      const assignment = resourceOf(template, ASSIGNMENT);
      setAt(assignment, 'properties.principalId', NOBODY);
      setAt(assignment, 'properties.principalType', undefined);
    },
    refusal: new RegExp(
      `PrincipalNotFound: Principal ${NOBODY.replaceAll('-', '')} does not exist in the directory ${azure.directory.tenantId}\\. Check that you have the correct principal ID\\..*  See https://aka\\.ms/docs-principaltype`,
    ),
    notMade: ['sites'],
  },
  {
    name: 'a role that does not exist',
    make: (template) =>
      setAt(
        template,
        'resources.userAssignedGrants.properties.template.variables.roles.reader',
        NOBODY,
      ),
    refusal: /RoleDefinitionDoesNotExist: The specified role definition with ID 'dddddddd1111/,
    notMade: ['sites'],
  },
  {
    name: 'a vault name with underscores',
    make: (template) => setAt(template, 'variables.targets.vault', 'kv_underscored'),
    refusal:
      /VaultNameNotValid: The vault name 'kv_underscored' is invalid\. A vault's name must be between 3-24 alphanumeric characters\./,
    notMade: ['vaults', 'roleAssignments', 'sites'],
  },
  {
    name: 'a storage account name with capitals',
    make: (template) => setAt(template, 'variables.targets.dataAccount', 'stData'),
    refusal:
      /AccountNameInvalid: stData is not a valid storage account name\. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only\./,
    notMade: ['roleAssignments', 'sites'],
  },
  {
    name: 'a storage SKU that does not exist',
    make: (template) => setAt(resourceOf(template, ACCOUNT), 'sku.name', 'Gigantic_LRS'),
    refusal: /InvalidValuesForRequestParameters: .*sku\.name/,
    notMade: ['roleAssignments', 'sites'],
  },
  {
    name: 'a vault SKU that does not exist',
    make: (template) => setAt(resourceOf(template, VAULT), 'properties.sku.name', 'gold'),
    refusal: /BadRequest: .*'gold'/,
    notMade: ['vaults', 'roleAssignments', 'sites'],
  },
  {
    name: 'a SQL server name with capitals',
    make: (template) => setAt(template, 'variables.databaseNames.server', 'SQL'),
    refusal: /InvalidParameterValue: Invalid server name\. .*lowercase letters/,
    notMade: ['servers', 'databases', 'deploymentScripts', 'sites'],
  },
  {
    name: 'a database SKU that does not exist',
    make: (template) =>
      setAt(resourceOf(template, 'Microsoft.Sql/servers/databases'), 'sku.name', 'Huge_9'),
    refusal: /Huge_9/,
    notMade: ['databases', 'deploymentScripts', 'sites'],
  },
  {
    name: 'another script than the one that is run here',
    make: (template) =>
      setAt(
        resourceOf(template, 'Microsoft.Resources/deploymentScripts'),
        'properties.scriptContent',
        'Write-Output hello',
      ),
    refusal: /PropertyNotServed: .*'properties\.scriptContent'/,
    notMade: ['deploymentScripts', 'sites'],
  },
  {
    name: 'a script whose identity does not administer the server',
    make: (template) =>
      setAt(resourceOf(template, 'Microsoft.Sql/servers'), 'properties.administrators.sid', NOBODY),
    refusal:
      /DeploymentScriptError: The provided script failed with the following error:[\s\S]*Login failed for user '<token-identified principal>'\.[\s\S]* Please refer to https:\/\/aka\.ms\/DeploymentScriptsTroubleshoot for more deployment script information\./,
    notMade: ['sites'],
  },
  {
    name: 'a plan that does not exist',
    make: (template) => setAt(resourceOf(template, 'Microsoft.Web/serverfarms'), 'sku.name', 'FC9'),
    refusal: /BadRequest: .*'FC9'/,
    notMade: ['serverfarms', 'sites'],
  },
];

function addResource(template: Json, type: string): void {
  setAt(template, 'resources.strange', {
    type,
    apiVersion: '2024-01-01',
    name: 'strange',
    location: 'westeurope',
    properties: {},
  });
}

function deploy(group: string, template: unknown, environmentName?: string): Promise<unknown> {
  return deployTemplate(azure, {
    name: 'main',
    resourceGroup: group,
    location: 'westeurope',
    template,
    ...(environmentName !== undefined && {
      parameters: { environmentName: { value: environmentName } },
    }),
  });
}

/** `sites`, `roleAssignments` …; deployments are records of what was tried. */
const typesIn = (group: string) =>
  new Set(
    resourcesIn(azure, group)
      .map(({ type }) => type.split('/').at(-1) ?? '')
      .filter((type) => type !== 'deployments'),
  );

describe('our own template', () => {
  it('is deployed as it is', async () => {
    await deploy('rg-good', readOwnTemplate(), 'test');
    assert.ok(typesIn('rg-good').has('sites'));
  });

  for (const { name, make, withoutParameters, refusal } of invalid) {
    it(`with ${name} is refused as a whole: nothing is deployed`, async () => {
      const group = `rg-${name.replaceAll(/\W+/g, '-')}`;
      const environment = withoutParameters ? undefined : 'test';
      await assert.rejects(deploy(group, editOwnTemplate(make), environment), { message: refusal });
      assert.deepEqual([...typesIn(group)], []);
    });
  }

  for (const { name, make, refusal, notMade = [] } of refused) {
    it(`with ${name} is refused there, and what depends on it is not made`, async () => {
      const group = `rg-${name.replaceAll(/\W+/g, '-')}`;
      await assert.rejects(deploy(group, editOwnTemplate(make), 'test'), { message: refusal });
      const made = typesIn(group);
      assert.deepEqual(
        notMade.filter((type) => made.has(type)),
        [],
      );
      assert.ok(made.has('userAssignedIdentities'), 'what does not depend on it is');
    });
  }

  it('with a role assignment for nobody whose type is told is deployed, as in Azure, and grants nobody anything', async () => {
    const template = editOwnTemplate((own) =>
      setAt(resourceOf(own, ASSIGNMENT), 'properties.principalId', NOBODY),
    );
    await deploy('rg-orphan', template, 'test');
    assert.ok(typesIn('rg-orphan').has('sites'));
    const granted = azure.access.listAssignments().filter((one) => one.principalId === NOBODY);
    assert.equal(granted.length, 1);
    assert.equal(azure.directory.find(NOBODY), undefined);
  });
});

describe('a misspelt property of our own template', () => {
  const template = readOwnTemplate() as Json;
  const types = new Set(resourcesOf(template).map(({ type }) => String(type)));
  types.delete('Microsoft.Resources/deployments');

  for (const type of types) {
    const paths = pathsOf(resourceOf(template, type).properties);
    if (paths.length === 0) continue;
    it(`is refused by name, each of the ${paths.length} of ${type}`, async () => {
      for (const [index, path] of paths.entries()) {
        const name = `${path.split('.').at(-1)}X`;
        const misspelt = editOwnTemplate((own) => {
          renameAt(resourceOf(own, type), `properties.${path}`, name);
        });
        const group = `rg-${type.replaceAll(/\W/g, '-')}-${index}`;
        await assert.rejects(deploy(group, misspelt, 'test'), {
          message: new RegExp(`PropertyNotKnown: .*\\.${name}' of ${type}`),
        });
      }
    });
  }
});

describe('npm start with a template', () => {
  const folder = mkdtempSync(join(tmpdir(), 'templates-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'that is invalid',
      JSON.stringify(
        editOwnTemplate((template) => addResource(template, 'Microsoft.Contoso/widgets')),
      ),
      /^Deployment 'main' failed:\n {2}InvalidResourceType: The resource type 'widgets' could not be found .*\n$/,
    ],
    [
      'of which a part is refused',
      JSON.stringify(
        editOwnTemplate((template) => setAt(template, 'variables.targets.vault', 'kv_underscored')),
      ),
      /^Deployment 'main' failed:\n {2}VaultNameNotValid: The vault name 'kv_underscored' is invalid\..*\n$/,
    ],
    ['that is no JSON', '{"resources": [', /^\S+that-is-no-JSON\.json is not JSON: .*\n$/],
  ];
  for (const [name, content, printed] of cases) {
    it(`${name} says so plainly, ends with 1 and leaves no process`, async () => {
      const file = join(folder, `${name.replaceAll(' ', '-')}.json`);
      writeFileSync(file, content);
      const start = startProcess(['--port', '0', '--template', file]);
      assert.equal(await start.ended, 1);
      assert.match(start.output(), printed);
      await start.gone(1_000);
    });
  }
});

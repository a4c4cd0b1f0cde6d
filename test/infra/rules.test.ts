// No key opens anything: held against the compiled template and against what Microsoft's engine makes of it,
// and each rule is seen to turn red when its property changes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { allDeployments, readTemplate, templatePath, templatesIn } from './deployed.ts';
import {
  breakages,
  complaints,
  databaseRules,
  messagingRules,
  rules,
  scriptRules,
} from './rules.ts';

for (const { name, resources } of await allDeployments()) {
  describe(`in ${name}`, () => {
    const has = (prefix: string) => resources.some(({ type }) => type.startsWith(prefix));
    const allRules = [
      ...rules,
      ...(has('Microsoft.ServiceBus/') ? messagingRules : []),
      ...(has('Microsoft.Sql/') ? databaseRules : []),
      ...(has('Microsoft.Resources/deploymentScripts') ? scriptRules : []),
    ];
    for (const rule of allRules) {
      it(rule.sentence, () => {
        assert.deepEqual(complaints(rule, resources), []);
        for (const broken of breakages(rule, resources)) {
          assert.equal(complaints(rule, broken).length, 1);
        }
      });
    }

    it('both publishing doors of the app are closed', () => {
      const doors = resources
        .filter(({ type }) => type.endsWith('/basicPublishingCredentialsPolicies'))
        .map((door) => door.name.match(/ftp|scm/)?.[0]);
      assert.deepEqual(doors.sort(), ['ftp', 'scm']);
    });

    it('nothing that holds a shared key is created', () => {
      const keyHolders = /authorizationRules|hostKeys|accessPolicies/i;
      assert.deepEqual(
        resources.map(({ type }) => type).filter((type) => keyHolders.test(type)),
        [],
      );
    });
  });
}

describe('in the text of azuredeploy.json', () => {
  it('no key is asked for', async () => {
    assert.doesNotMatch(await readFile(templatePath, 'utf8'), /\blist[A-Z]\w*\(/);
  });

  it('no output and no app setting shows a secure parameter', async () => {
    const templates = templatesIn(await readTemplate());
    const secure = templates.flatMap(({ parameters }) =>
      Object.entries(parameters ?? {}).filter(([, { type }]) => type?.startsWith('secure')),
    );
    assert.ok(secure.length > 0);
    for (const [name] of secure) {
      const shown = templates.map(({ outputs, variables }) => ({ outputs, variables }));
      assert.doesNotMatch(JSON.stringify(shown), new RegExp(`parameters\\('${name}'\\)`));
    }
  });

  it('a second deployment leaves the sample secret as it is', async () => {
    const secrets = templatesIn(await readTemplate())
      .flatMap(({ resources }) => Object.values(resources))
      .filter(({ type, existing }) => type === 'Microsoft.KeyVault/vaults/secrets' && !existing);
    assert.deepEqual(
      secrets.map((secret) => secret['@options']),
      // This is how the compiler writes @onlyIfNotExists().
      [{ onlyIfNotExists: [] }],
    );
  });
});

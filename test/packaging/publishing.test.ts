// By whichever tool and from whichever folder: what leaves this machine is the package or nothing.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { PACKAGE_FOLDER } from '../../packaging/package.ts';
import { projectDirectory } from '../support/local-azure.ts';

const read = (file: string) => readFileSync(join(projectDirectory, file), 'utf8');
const rulesOf = (file: string) =>
  read(file)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

/** The value of a key that azure.yaml has once. */
function azdSetting(key: string): string {
  const values = [...read('azure.yaml').matchAll(new RegExp(`^ +${key}: (.+)$`, 'gm'))];
  assert.equal(values.length, 1, key);
  return values[0]?.[1] ?? '';
}

describe('publishing from the project itself', () => {
  it('sends nothing: .funcignore lets no file through', () => {
    // Core Tools has its own reading of the file, in which any `!` wins (GitIgnoreParser.cs): so there is none.
    assert.deepEqual(rulesOf('.funcignore'), ['*']);
  });
});

/** What a hook of azure.yaml runs, on Windows and elsewhere. */
function hooksOf(name: string): readonly (string | undefined)[] {
  const [hook = ''] =
    new RegExp(`^( +)${name}:\\n(?:\\1 +.*\\n)+`, 'm').exec(read('azure.yaml')) ?? [];
  return [...hook.matchAll(/^ +run: (.+)$/gm)].map(([, run]) => run);
}

// Azure/azure-dev at ae35809: cli/azd/pkg/project/{framework_service_node,service_target_functionapp,project_utils}.go
describe('azd', () => {
  const service = join(projectDirectory, azdSetting('project'));

  it('sends the folder that `npm run package` fills', () => {
    assert.equal(relative(projectDirectory, join(service, azdSetting('dist'))), PACKAGE_FOLDER);
    const scripts = JSON.parse(read('package.json')).scripts;
    assert.match(scripts.package, /node packaging\/package\.ts$/);
    assert.deepEqual(hooksOf('prepackage'), ['npm run package', 'npm run package']);
  });

  it('makes the user in the database itself where the deployment has not', () => {
    const hooks = hooksOf('postprovision');
    assert.equal(hooks.length, 2);
    for (const run of hooks) {
      assert.match(String(run), /DATABASE_GRANTED\W+(= |-ne ')true\b.*npm run grant-database/);
    }
  });

  it('asks for no build in Azure, and finds no ignore file that contradicts', () => {
    // With `remoteBuild: false` azd refuses to deploy if the service's .funcignore leaves out node_modules.
    assert.equal(azdSetting('remoteBuild'), 'false');
    assert.ok(!existsSync(join(service, '.funcignore')));
  });

  it("runs npm in the service's folder, where npm takes the project's package.json", () => {
    assert.equal(azdSetting('language'), 'ts');
    assert.ok(!existsSync(join(service, 'package.json')));
    assert.ok(!existsSync(join(service, 'node_modules')));
  });
});

describe('git', () => {
  it('never sees the package', () => {
    assert.ok(rulesOf('.gitignore').includes(`${PACKAGE_FOLDER}/`));
  });
});

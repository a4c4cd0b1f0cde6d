// T19: what a dependency that turns bad could do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { buildApp } from '../../local/build-app.ts';
import { type AppOnAzure, startDeployedApp } from '../end-to-end/start-deployed-app.ts';
import { everythingWorks, tryEverything } from '../end-to-end/try-everything.ts';
import { projectDirectory, useLocalAzure } from '../support/local-azure.ts';
import { runtimeImports } from './runtime-imports.ts';

interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

const readJson = (file: string) => JSON.parse(readFileSync(join(projectDirectory, file), 'utf8'));
const manifest: Readonly<Record<string, Readonly<Record<string, string | boolean>>>> =
  readJson('package.json');
const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } =
  readJson('package-lock.json');
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

describe('T19 the dependencies', () => {
  it('are pinned to exact versions, which are those of the lockfile', () => {
    for (const list of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      for (const [name, version] of Object.entries(manifest[list] ?? {})) {
        assert.match(String(version), /^\d+\.\d+\.\d+$/, name);
        assert.equal(lock.packages[`node_modules/${name}`]?.version, version, name);
      }
    }
  });

  it('are each locked by the digest of their content', () => {
    assert.ok(locked.length > 100);
    for (const [path, { integrity }] of locked) assert.match(integrity ?? '', /^sha512-/, path);
  });

  it('run no script when they are installed, but for node’s own', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''));
    const allowed = manifest.allowScripts ?? {};
    assert.deepEqual(
      names.filter((name) => allowed[name] !== false),
      ['node'],
    );
    assert.deepEqual(
      Object.keys(allowed).filter((name) => allowed[name] === true),
      ['node'],
    );
  });

  it('that the app has at run time are those that it imports', () => {
    assert.deepEqual(Object.keys(manifest.dependencies ?? {}).sort(), runtimeImports());
  });
});

describe('T19 the app under node --permission, with read access to its own folder', () => {
  let app: AppOnAzure;
  before(() => buildApp(projectDirectory));
  it('does all that it does', async (t) => {
    const azure = await useLocalAzure();
    const probe = join(import.meta.dirname, 'tell-permissions.mjs');
    app = await startDeployedApp(
      azure,
      { group: 'rg-permission', parameters: { scanSchedule: '0 0 3 1 1 *' } },
      {
        NODE_OPTIONS: `--permission --allow-fs-read=${projectDirectory} --import=${probe}`,
      },
    );
    t.after(app.stop);
    const told = JSON.parse(/^PERMISSIONS (.*)$/m.exec(app.output())?.[1] ?? '{}');
    assert.deepEqual(told, {
      readOwnFolder: true,
      readElsewhere: false,
      write: false,
      startProcess: false,
      startThread: false,
      loadAddon: false,
    });
    assert.deepEqual(await tryEverything(app), everythingWorks);
  });
});

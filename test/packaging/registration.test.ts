// The package alone in a folder, without node_modules anywhere above: what a worker's start loads of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Outputs } from '../../packaging/bundle-functions.ts';
import { packageApp } from '../../packaging/package.ts';
import { packagesIn } from '../../packaging/third-party-notices.ts';
import { projectDirectory } from '../support/local-azure.ts';

// Only what the library itself consists of.
const OF_REGISTRATION = ['@azure/functions', '@azure/functions-extensions-base', 'cookie'];

const directory = mkdtempSync(join(tmpdir(), 'package-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const written = Object.entries(await packageApp(projectDirectory, directory));

/** Loads all entry points in a process of its own, with the worker's core module; `then` is code that runs after. */
function load(
  then = '',
  settings: Readonly<Record<string, string>> = {},
): { registered: string[]; loaded: string[] } {
  const script = `
    import { globSync } from 'node:fs';
    import Module, { registerHooks } from 'node:module';
    import { sep } from 'node:path';
    const registered = [], loaded = [];
    const core = {
      version: '3.13.0',
      Disposable: class {},
      registerFunction: ({ name }) => registered.push(name),
      registerHook() {}, setProgrammingModel() {}, getProgrammingModel() {}, log() {},
    };
    Module.prototype.require = new Proxy(Module.prototype.require, {
      apply: (target, self, args) =>
        args[0] === '@azure/functions-core' ? core : Reflect.apply(target, self, args),
    });
    const base = ${JSON.stringify(`${pathToFileURL(directory).href}/`)};
    registerHooks({ load(url, context, next) {
      if (!url.startsWith('node:')) loaded.push(url.replace(base, ''));
      return next(url, context);
    } });
    console.error = () => {};
    for (const file of globSync('functions/*.js')) await import(base + file.split(sep).join('/'));
    ${then}
    console.log(JSON.stringify({ registered, loaded }));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: directory,
    env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, ...settings },
    encoding: 'utf8',
  });
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
}

/** Names of the packages that these files were made of. */
function packagesOf(files: readonly string[]): string[] {
  const outputs: Outputs = Object.fromEntries(
    written.filter(([path]) => files.some((file) => path.endsWith(file))),
  );
  return packagesIn(outputs).map((path) => path.replace(/^.*node_modules\//, ''));
}

describe('a worker that loads the package', () => {
  const { registered, loaded } = load();

  /** Indented: registered only where its settings are there. */
  const inSources = (pattern: RegExp) =>
    globSync('functions/*.ts', { cwd: projectDirectory }).flatMap((file) => {
      const text = readFileSync(join(projectDirectory, file), 'utf8');
      return [...text.matchAll(pattern)].map(([, name]) => name);
    });

  it('gets every function registered, by files of the package alone', () => {
    const always = inSources(/^app\.\w+\('(\w+)'/gm);
    const all = inSources(/^ *app\.\w+\('(\w+)'/gm);
    assert.ok(always.length >= 5 && all.length > always.length);
    assert.deepEqual(registered.sort(), always.sort());
    const settings = {
      SERVICE_BUS_TOPIC: 'new-resources',
      SQL_SERVER: 'sql-x.database.windows.net',
      WEB_API_URL: 'https://api.contoso.example/',
    };
    const withAll = load('', settings);
    assert.deepEqual(withAll.registered.sort(), all.sort());
    assert.deepEqual(packagesOf(withAll.loaded), OF_REGISTRATION);
    assert.deepEqual(
      loaded.filter((file) => !/^(functions|chunks)\/[\w.-]+\.js$/.test(file)),
      [],
    );
  });

  it('has loaded no Azure client', () => {
    assert.deepEqual(packagesOf(loaded), OF_REGISTRATION);
  });

  it('finds each client when it is asked for', () => {
    const clients = written
      .filter(([, { entryPoint }]) => /node_modules\/@azure\//.test(entryPoint ?? ''))
      .map(([path]) => path.slice(path.indexOf('chunks/')));
    assert.ok(clients.length >= 6, `the clients are chunks of their own: ${clients}`);
    const later = load(
      `for (const chunk of ${JSON.stringify(clients)}) await import(base + chunk);`,
    );
    const packages = packagesOf(later.loaded);
    const expected = ['identity', 'arm-resources', 'keyvault-secrets', 'storage-blob'];
    for (const name of [...expected, 'event-hubs', 'service-bus']) {
      assert.ok(packages.includes(`@azure/${name}`), name);
    }
  });
});

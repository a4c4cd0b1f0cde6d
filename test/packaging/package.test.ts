// What is deployed, as files: everything that the functions need, and nothing else of this project or this machine.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, matchesGlob, sep } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Outputs } from '../../packaging/bundle-functions.ts';
import { packageApp, sizeOf } from '../../packaging/package.ts';
import { packagesIn } from '../../packaging/third-party-notices.ts';
import { projectDirectory } from '../support/local-azure.ts';

const CANARY = 'canary-2f6d1b';
/** Not minified, so that a stack trace can be read; the driver of Azure SQL is 2 MB of it. */
const LARGEST_BYTES = 9_000_000;

const work = mkdtempSync(join(tmpdir(), 'package-'));
after(() => rmSync(work, { recursive: true, force: true }));
const directory = join(work, 'made-with-canaries');
const outputs = packageWithCanaries();
const files = filesIn(directory);
const manifest = JSON.parse(contentOf('package.json'));

/** In a process whose environment is full of values that must not get into the code. */
function packageWithCanaries(): Outputs {
  const names = [
    ...['HOME', 'USER', 'NODE_ENV', 'KEY_VAULT_URL', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'],
    ...['AZURE_TENANT_ID', 'IDENTITY_HEADER', 'DEBUG', 'npm_config__auth'],
  ];
  const script = `
    import { packageApp } from ${JSON.stringify(join(projectDirectory, 'packaging', 'package.ts'))};
    const outputs = await packageApp(${JSON.stringify(projectDirectory)}, ${JSON.stringify(directory)});
    console.log(JSON.stringify(outputs));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: work,
    env: {
      ...{ PATH: process.env.PATH, SystemRoot: process.env.SystemRoot },
      ...Object.fromEntries(names.map((name) => [name, `${CANARY}-${name}`])),
    },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(printed);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => file.split(sep).join('/'))
    .sort();
}

function contentOf(file: string): string {
  return readFileSync(join(directory, file), 'utf8');
}

const fingerprint = (folder: string) =>
  filesIn(folder).map(
    (file) =>
      `${file} ${createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex')}`,
  );

describe('the package for Azure', () => {
  it('holds the bundled functions, their chunks, three files about them, and nothing else', () => {
    const kinds = [
      ...[/^host\.json$/, /^package\.json$/, /^THIRD-PARTY-NOTICES\.txt$/],
      ...[/^functions\/[a-z-]+\.js$/, /^chunks\/[\w.-]+-[A-Z0-9]{8}\.js$/],
    ];
    assert.deepEqual(
      files.filter((file) => !kinds.some((kind) => kind.test(file))),
      [],
    );
    assert.ok(kinds.every((kind) => files.some((file) => kind.test(file))));
  });

  it('has one entry point for each function, and main finds these alone', () => {
    const registering = globSync('functions/*.ts', { cwd: projectDirectory })
      .filter((file) => /^ *app\.\w+\(/m.test(readFileSync(join(projectDirectory, file), 'utf8')))
      .map((file) => file.split(sep).join('/').replace(/ts$/, 'js'));
    assert.ok(registering.length >= 5);
    assert.deepEqual(
      files.filter((file) => matchesGlob(file, manifest.main)),
      [...registering, 'functions/startup.js'].sort(),
    );
  });

  it('needs nothing to be installed or built: ES modules, no dependencies, no scripts', () => {
    assert.equal(manifest.type, 'module');
    assert.deepEqual(Object.keys(manifest).sort(), [
      ...['license', 'main', 'name', 'private', 'type', 'version'],
    ]);
    assert.deepEqual(
      JSON.parse(contentOf('host.json')),
      JSON.parse(readFileSync(join(projectDirectory, 'host.json'), 'utf8')),
    );
  });

  it('is made of functions/, shared/ and the packages of production, never of local/, tests or tools', () => {
    const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
    assert.ok(inputs.includes('shared/key-vault.ts'));
    assert.deepEqual(
      inputs.filter((input) => !/^(functions|shared|node_modules)\//.test(input)),
      [],
    );
    const { packages } = JSON.parse(
      readFileSync(join(projectDirectory, 'package-lock.json'), 'utf8'),
    );
    assert.deepEqual(
      packagesIn(outputs).filter((path) => packages[path]?.dev !== undefined),
      [],
    );
  });

  it('tells nothing of the machine that made it: no path, no name, no value of its environment, no key', () => {
    const secrets = [CANARY, projectDirectory, work].flatMap((text) => [
      text,
      JSON.stringify(text).slice(1, -1), // as a string of code has a Windows path
    ]);
    for (const file of files) {
      const content = contentOf(file);
      for (const secret of secrets) assert.ok(!content.includes(secret), `${file}: ${secret}`);
      assert.doesNotMatch(content, /PRIVATE KEY-----(\\n|\s)*[A-Za-z0-9+/]{40}/, file);
    }
    assert.match(files.map(contentOf).join(), /process\.env\.AZURE_CLIENT_ID/, 'read at run time');
  });

  it('leaves outside only what the worker answers and what a package of production only tries to load', () => {
    const outside = Object.values(outputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external, path }) => external && !path.startsWith('node:'))
      .map(({ path }) => path)
      .filter((path) => !builtinModules.includes(path));
    assert.deepEqual([...new Set(outside)].sort(), ['@azure/functions-core', 'supports-color']);
  });

  it('requires @azure/functions-core, which the worker answers, at exactly one place', () => {
    const requires = files.flatMap((file) => [
      ...contentOf(file).matchAll(/require\w*\(['"]@azure\/functions-core['"]\)/g),
    ]);
    assert.equal(requires.length, 1);
  });

  it('names version and terms of every package in it', () => {
    const notices = contentOf('THIRD-PARTY-NOTICES.txt');
    const paths = packagesIn(outputs);
    assert.ok(paths.length > 20);
    for (const path of paths) {
      const { name, version } = JSON.parse(
        readFileSync(join(projectDirectory, path, 'package.json'), 'utf8'),
      );
      assert.ok(notices.includes(`\n${name} ${version}\n`), `${name} ${version}`);
    }
    assert.match(
      notices,
      /Apache Arrow JavaScript\nCopyright/,
      'the NOTICE that the Apache licence asks for',
    );
  });

  it('is small', (t) => {
    const bytes = sizeOf(directory);
    t.diagnostic(`${(bytes / 1e6).toFixed(2)} MB in ${files.length} files`);
    assert.ok(bytes < LARGEST_BYTES, `${bytes} bytes`);
  });

  it('is the same for the same sources, also over an older one', async () => {
    const again = join(work, 'made-again');
    await packageApp(projectDirectory, again);
    await packageApp(projectDirectory, again);
    assert.deepEqual(fingerprint(again), fingerprint(directory));
  });
});

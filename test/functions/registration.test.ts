import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '..', '..');

/** Loads every function file in a process of its own; gives the packages that were resolved, and what it printed. */
function register(env: Readonly<Record<string, string>>): { packages: string[]; printed: string } {
  const files = globSync('functions/*.ts', { cwd: ROOT }).map(
    (file) => pathToFileURL(join(ROOT, file)).href,
  );
  const script = `
    import { registerHooks } from 'node:module';
    const packages = new Set();
    registerHooks({ resolve(specifier, context, next) {
      if (!specifier.startsWith('.') && context.parentURL?.startsWith('${pathToFileURL(ROOT).href}/') && !context.parentURL.includes('/node_modules/')) packages.add(specifier);
      return next(specifier, context);
    } });
    console.error = (line) => console.log('ERROR ' + line);
    console.warn = () => {};
    for (const file of ${JSON.stringify(files)}) await import(file);
    console.log(JSON.stringify([...packages]));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { packages: JSON.parse(printed.trim().split('\n').at(-1) ?? '[]'), printed };
}

describe('registering the functions', () => {
  const { packages, printed } = register({});

  it('loads no Azure client', () => {
    const loaded = packages.filter((name) => name.startsWith('@azure/'));
    assert.deepEqual(loaded, ['@azure/functions']);
  });

  it('complains about every bad setting at once, and does not throw', () => {
    const complaints = printed
      .split('\n')
      .filter((line) => line.startsWith('ERROR CONFIG_INVALID'));
    assert.ok(complaints.length >= 5, printed);
    assert.match(printed, /KEY_VAULT_URL is missing/);
  });
});

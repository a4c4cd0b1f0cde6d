// The README is read by people who then type: what it names must be there.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { projectDirectory } from './support/local-azure.ts';

const readme = readFileSync(join(projectDirectory, 'README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(projectDirectory, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

describe('the README', () => {
  it('is under 200 lines', () => {
    assert.ok(readme.split('\n').length < 200);
  });

  it('names only files and folders that exist', () => {
    const named = [...readme.matchAll(/(?:functions|shared|infra|local|test|docs)\/[\w./-]*/g)].map(
      ([path]) => path.replace(/[.,]$/, ''),
    );
    assert.ok(named.length > 15);
    assert.deepEqual(
      [...new Set(named)].filter((path) => !existsSync(join(projectDirectory, path))),
      [],
    );
  });

  it('names only npm scripts that exist', () => {
    const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    assert.ok(named.length > 3);
    assert.deepEqual(
      named.filter((name) => !(name in scripts)),
      [],
    );
  });

  it('lists every registered function with its file, and no other', () => {
    const listed = [...readme.matchAll(/^\| `(\w+)` \|.*`functions\/([\w-]+)\.ts` \|$/gm)].map(
      ([, name, file]) => `${name} in ${file}`,
    );
    const registered = readdirSync(join(projectDirectory, 'functions')).flatMap((file) => {
      const text = readFileSync(join(projectDirectory, 'functions', file), 'utf8');
      return [...text.matchAll(/^ *app\.\w+\('(\w+)'/gm)].map(
        ([, name]) => `${name} in ${file.replace('.ts', '')}`,
      );
    });
    assert.deepEqual(listed.sort(), registered.sort());
  });
});

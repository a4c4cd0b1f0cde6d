// What is sent to Azure: the app, and nothing of the embedded Azure, the tests, or keys.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');
const patterns = readFileSync(join(root, '.funcignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

const isLeftOut = (entry: string) => patterns.some((pattern) => matchesGlob(entry, pattern));

const sent = [
  'dist',
  'functions',
  'host.json',
  'package-lock.json',
  'package.json',
  'shared',
  'tsconfig.build.json',
  'tsconfig.json',
];

describe('the package for Azure', () => {
  it('holds the app and what its remote build needs, and nothing else of the project', () => {
    const entries = readdirSync(root).filter((entry) => !isLeftOut(entry));
    assert.deepEqual(
      entries.filter((entry) => !sent.includes(entry)),
      [],
    );
    assert.deepEqual(sent.filter(isLeftOut), []);
  });

  it('never holds local settings, keys, or state of the embedded Azure', () => {
    for (const entry of [
      'local.settings.json',
      'ca.pem',
      'ca.key',
      '.local-azure',
      '.env',
      'local',
    ]) {
      assert.ok(isLeftOut(entry), entry);
    }
  });
});

// The table of threats names tests that exist, and every test that carries a threat's number is in it.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, it } from 'node:test';
import { projectDirectory } from '../support/local-azure.ts';
import { threats } from './threats.ts';

const TITLE = /\b(?:describe|it|test)\(\s*(['"`])(.*?)\1\s*,/gs;

function titlesIn(file: string): string[] {
  const source = readFileSync(join(projectDirectory, file), 'utf8');
  return [...source.matchAll(TITLE)].map(([, , title = '']) => title);
}

const NUMBER = /\bT\d{1,2}\b/g;

describe('the table of threats', () => {
  it('has all twenty-two', () => {
    assert.deepEqual(
      Object.keys(threats),
      Array.from({ length: 22 }, (_, index) => `T${index + 1}`),
    );
  });

  for (const [number, { threat, tests, later }] of Object.entries(threats)) {
    it(`names a test for ${number}, ${threat}, or says what it waits for`, () => {
      assert.ok(tests.length > 0 || later !== undefined);
      for (const { file, title } of tests) {
        assert.ok(
          titlesIn(file).some((found) => found.startsWith(title)),
          `${file} has no test '${title}'`,
        );
      }
    });
  }

  it('knows every test that carries a number', () => {
    const files = globSync('test/**/*.test.ts', { cwd: projectDirectory });
    const numbered = files.flatMap((file) =>
      titlesIn(file).flatMap((title) =>
        [...title.matchAll(NUMBER)].map(([number]) => ({
          number,
          file: file.split(sep).join('/'),
          title,
        })),
      ),
    );
    assert.ok(numbered.length > 20);
    for (const { number, file, title } of numbered) {
      assert.ok(
        threats[number]?.tests.some((one) => one.file === file && title.startsWith(one.title)),
        `${number} does not name ${file}: '${title}'`,
      );
    }
  });
});

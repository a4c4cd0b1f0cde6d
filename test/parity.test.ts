// The ledger, docs/parity.md, against the code: what is only pretended is in it, and what is cited can be found.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..');
const STATES = new Set(['as Azure', 'simplified', 'absent']);
const CODE = ['functions', 'shared', 'local', 'infra', 'test'].map(
  (room) => `${room}/**/*.{ts,mjs,bicep}`,
);
/** What a stranger can follow: an address, a thread, a recording, golden data, a file of a public repository. */
const SOURCE =
  /https:\/\/|[\w.-]+\/[\w.-]+#\d+|\[R\d+\]|golden\/|`bicep snapshot`|\w+\.cs\b|RFC \d+|seen (?:with|in) |[Rr]ecord(?:ing|ed:)|(?:Azure|AzureAD|MicrosoftDocs|hashicorp|dotnet)\/[\w.-]+|Azure SDK|measured with/;

const ledger = read('docs/parity.md');
const rows = ledger
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| behaviour |'))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
const code = globSync(CODE, { cwd: ROOT }).filter((path) => path !== 'test/parity.test.ts');

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function count(items: readonly string[], item: string): number {
  return items.filter((each) => each === item).length;
}

test('every Pretend mark has exactly one row that names its file', () => {
  const marks = code
    .filter((path) => path.startsWith('local/'))
    .flatMap((path) => Array.from(read(path).matchAll(/Pretend:/g), () => path));
  const pretended = rows.flatMap(([, , , known = '']) => {
    const path = /^Pretend, `(.+)`$/.exec(known)?.[1];
    return path === undefined ? [] : [path];
  });
  assert.ok(marks.length > 100, 'the search finds the marks');
  const wrong = [...new Set([...marks, ...pretended])]
    .filter((path) => count(marks, path) !== count(pretended, path))
    .map((path) => `${path}: ${count(marks, path)} marks, ${count(pretended, path)} rows`);
  assert.deepEqual(wrong, []);
});

test('every row has a behaviour, a state and a reason, and nothing pretended is called as Azure', () => {
  for (const row of rows) {
    const [, behaviour = '', state = '', known = ''] = row;
    assert.equal(row.length, 5, behaviour);
    assert.ok(behaviour !== '' && known !== '' && STATES.has(state), behaviour);
    if (known.includes('Pretend')) assert.notEqual(state, 'as Azure', behaviour);
  }
});

test('every file that a row names is there', () => {
  for (const [, path = ''] of ledger.matchAll(/`((?:local|test|docs|infra)\/[^`]+)`/g)) {
    assert.ok(existsSync(join(ROOT, path)), path);
  }
});

test('every recording that is cited is in the table, once', () => {
  const ids = Array.from(read('docs/recordings.md').matchAll(/^\| (R\d+) \|/gm), ([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const path of ['docs/parity.md', ...code]) {
    for (const [, id] of read(path).matchAll(/\[(R\d+)\]/g)) {
      assert.ok(ids.includes(id), `${path} cites [${id}]`);
    }
  }
});

test('no code cites a page that is not in this repository', () => {
  const pages = globSync('{*.md,docs/**/*.md}', { cwd: ROOT }).map((path) => basename(path));
  for (const path of code) {
    for (const [page] of read(path)
      .replaceAll(/https?:\S+/g, '')
      .matchAll(/[\w-]+\.md\b/g)) {
      assert.ok(pages.includes(page), `${path} cites ${page}`);
    }
  }
});

test('every comment that says what Azure does names a source', () => {
  const unsourced: string[] = [];
  for (const path of code.filter((each) => each.startsWith('local/'))) {
    const comments = commentsOf(read(path));
    // A file that follows one page throughout names it once, at its head.
    const head = read(path).startsWith(comments[0] ?? ' ') ? comments[0] : undefined;
    for (const comment of comments) {
      const claims = /(?<!embedded )\bAzure: /.test(comment);
      if (claims && !SOURCE.test(comment + (head ?? ''))) unsourced.push(`${path}: ${comment}`);
    }
  }
  assert.deepEqual(unsourced, []);
});

/** Runs of comment lines. */
function commentsOf(source: string): string[] {
  return Array.from(source.matchAll(/(?:^[ \t]*(?:\/\/|\/\*\*|\*).*\n)+/gm), ([block]) => block);
}

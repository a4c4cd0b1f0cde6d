import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Outputs } from '../../packaging/bundle-functions.ts';
import { packagesIn, thirdPartyNotices } from '../../packaging/third-party-notices.ts';

const project = mkdtempSync(join(tmpdir(), 'notices-'));
after(() => rmSync(project, { recursive: true, force: true }));

/** A package with these files, of which `bytesInOutput` bytes are in the bundle. */
function outputsOf(name: string, files: Record<string, string>, bytesInOutput = 1): Outputs {
  const folder = `node_modules/${name}`;
  mkdirSync(join(project, folder), { recursive: true });
  for (const [file, text] of Object.entries(files))
    writeFileSync(join(project, folder, file), text);
  const inputs = { 'shared/own.ts': { bytesInOutput: 9 }, [`${folder}/a.js`]: { bytesInOutput } };
  return { 'chunks/x.js': { bytes: 10, inputs, imports: [], exports: [] } };
}

describe('the notices of the bundled packages', () => {
  it('hold licence and notice as the package has them', () => {
    const notices = thirdPartyNotices(
      project,
      outputsOf('@scope/both', {
        'package.json': '{"name":"@scope/both","version":"1.2.3","license":"Apache-2.0"}',
        'LICENSE.txt': 'The licence.\r\nIts end.\r\n',
        NOTICE: 'The notice.',
        'README.md': 'Not this.',
      }),
    );
    assert.match(notices, /^@scope\/both 1\.2\.3\n\nThe licence\.\nIts end\.\n\nThe notice\.\n$/m);
    assert.doesNotMatch(notices, /Not this|\r/);
  });

  it('tell what a package without a licence file declares', () => {
    const notices = thirdPartyNotices(
      project,
      outputsOf('declared', {
        'package.json': '{"name":"declared","version":"1.0.0","license":"MIT","author":"A. N."}',
      }),
    );
    assert.match(notices, /^declared 1\.0\.0\n\nLicence: MIT; author: A\. N\.$/m);
  });

  it('refuse a package without any terms', () => {
    const outputs = outputsOf('bare', { 'package.json': '{"name":"bare","version":"1.0.0"}' });
    assert.throws(
      () => thirdPartyNotices(project, outputs),
      /bare 1\.0\.0 comes without a licence/,
    );
  });

  it('leave out what is imported but left nothing in the bundle', () => {
    assert.deepEqual(packagesIn(outputsOf('types-only', {}, 0)), []);
  });
});

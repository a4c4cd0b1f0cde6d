// The real compiler over infra/. A machine without it leaves these out; CI never does.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { compile, lint, unformatted } from '../../infra/bicep-cli.ts';
import { compiledFiles } from '../../infra/compiled-files.ts';
import { bicepPlaces, findBicep } from '../../infra/find-bicep.ts';
import { readGolden, takeSnapshot, variants } from './snapshot.ts';

const infra = join(import.meta.dirname, '../../infra');
const deployed = await compiledFiles(infra);
const found = await findBicep();
const skip =
  found || process.env.CI ? false : 'no Bicep compiler here; `npm run infra:build` can fetch it';

describe('infra/ by the Bicep compiler', { skip, concurrency: 2 }, () => {
  const bicep = found ?? 'bicep';

  it('is in CI', () => {
    assert.ok(found, `looked at ${bicepPlaces().join(', ')}`);
  });

  it('compiles what is deployed to the committed ARM templates', async () => {
    const sources = deployed.map(({ source }) => source);
    const compiled = await compile(bicep, infra, sources);
    for (const [index, { source, template }] of deployed.entries()) {
      const committed = await readFile(join(infra, template), 'utf8');
      // Not assert.equal: its message would hold both texts.
      assert.ok(compiled[index] === committed, `${source} differs: run \`npm run infra:build\``);
    }
  });

  it('has nothing to complain about', async () => {
    assert.equal(await lint(bicep, infra), '');
  });

  it('would format no file otherwise', async () => {
    assert.deepEqual(await unformatted(bicep, infra), []);
  });

  it('complains about an unused parameter, a misspelt property and a bad format in a module', async (t) => {
    const copy = await brokenCopy(t);
    const complaints = await lint(bicep, copy);
    assert.match(complaints, /key-vault\.bicep.*no-unused-params/);
    assert.match(complaints, /key-vault\.bicep.*BCP089/);
    assert.deepEqual(await unformatted(bicep, copy), [join('modules', 'key-vault.bicep')]);
  });

  for (const variant of variants) {
    it(`deploys the ${variant.name} variant as its golden snapshot says`, async () => {
      const snapshot = JSON.parse(await takeSnapshot(bicep, variant));
      assert.deepEqual(snapshot, JSON.parse(await readGolden(variant)));
      assert.deepEqual(snapshot.diagnostics, []);
    });
  }
});

/** One module of infra/, by the same rules. */
async function brokenCopy(t: TestContext): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'infra-'));
  t.after(() => rm(copy, { recursive: true }));
  await mkdir(join(copy, 'modules'));
  await cp(join(infra, 'bicepconfig.json'), join(copy, 'bicepconfig.json'));
  const file = join('modules', 'key-vault.bicep');
  const text = await readFile(join(infra, file), 'utf8');
  const broken = text.replace('    enableSoftDelete: true', '    enableSofterDelete: true');
  assert.notEqual(broken, text);
  await writeFile(join(copy, file), `${broken}\nparam   unused string\n`);
  return copy;
}

// `npm run infra:build`: formats and lints the Bicep files and compiles main.bicep to azuredeploy.json.
// With --check nothing is written; what would change is an error.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compile, format, lint, unformatted } from './bicep-cli.ts';
import { bicepVersion, findBicep, restoreBicep } from './find-bicep.ts';

const folder = import.meta.dirname;
const templatePath = join(folder, 'azuredeploy.json');

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
try {
  const bicep = (await findBicep()) ?? (await restoreBicep());
  console.log(`Bicep compiler (pinned: ${bicepVersion}): ${bicep}`);
  const complaints = options.check ? await check(bicep) : await build(bicep);
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) process.exitCode = 1;
  else console.log(options.check ? 'infra/ is clean.' : 'Wrote infra/azuredeploy.json.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function build(bicep: string): Promise<readonly string[]> {
  await format(bicep, folder);
  const complaints = await lint(bicep, folder);
  if (complaints) return [complaints];
  await writeFile(templatePath, await compile(bicep, join(folder, 'main.bicep')));
  return [];
}

async function check(bicep: string): Promise<readonly string[]> {
  const complaints = await lint(bicep, folder);
  if (complaints) return [complaints];
  const [unformattedFiles, compiled, committed] = await Promise.all([
    unformatted(bicep, folder),
    compile(bicep, join(folder, 'main.bicep')),
    readFile(templatePath, 'utf8').catch(() => ''),
  ]);
  return [
    ...unformattedFiles.map(
      (file) => `infra/${file} is not formatted: run \`npm run infra:build\`.`,
    ),
    ...(compiled === committed
      ? []
      : ['infra/azuredeploy.json is not what main.bicep compiles to: run `npm run infra:build`.']),
  ];
}

// `npm run infra:build`: formats and lints the Bicep files and compiles what is deployed to ARM templates.
// With --check nothing is written; what would change is an error.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compile, format, lint, unformatted } from './bicep-cli.ts';
import { type CompiledFile, compiledFiles } from './compiled-files.ts';
import { bicepVersion, findBicep, restoreBicep } from './find-bicep.ts';

const folder = import.meta.dirname;
const files = await compiledFiles(folder);
const sources = files.map(({ source }) => source);

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
try {
  const bicep = (await findBicep()) ?? (await restoreBicep());
  console.log(`Bicep compiler (pinned: ${bicepVersion}): ${bicep}`);
  const complaints = options.check ? await check(bicep) : await build(bicep);
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) process.exitCode = 1;
  else console.log(options.check ? 'infra/ is clean.' : `Wrote ${files.map(inInfra).join(', ')}.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function build(bicep: string): Promise<readonly string[]> {
  await format(bicep, folder);
  const complaints = await lint(bicep, folder);
  if (complaints) return [complaints];
  const compiled = await compile(bicep, folder, sources);
  for (const [index, { template }] of files.entries()) {
    await writeFile(join(folder, template), compiled[index] ?? '');
  }
  return [];
}

async function check(bicep: string): Promise<readonly string[]> {
  const complaints = await lint(bicep, folder);
  if (complaints) return [complaints];
  const unformattedFiles = await unformatted(bicep, folder);
  const compiled = await compile(bicep, folder, sources);
  const differing = await Promise.all(
    files.map((file, index) => differs(file, compiled[index] ?? '')),
  );
  return [
    ...unformattedFiles.map(
      (file) => `infra/${file} is not formatted: run \`npm run infra:build\`.`,
    ),
    ...differing.flat(),
  ];
}

async function differs(
  { source, template }: CompiledFile,
  compiled: string,
): Promise<readonly string[]> {
  const committed = await readFile(join(folder, template), 'utf8').catch(() => '');
  return compiled === committed
    ? []
    : [`infra/${template} is not what ${source} compiles to: run \`npm run infra:build\`.`];
}

function inInfra({ template }: CompiledFile): string {
  return `infra/${template}`;
}

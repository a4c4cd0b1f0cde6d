import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface CompiledFile {
  /** Path of the Bicep file, relative to infra/. */
  readonly source: string;
  /** Path of the committed ARM template, relative to infra/. */
  readonly template: string;
}

/** What of a folder laid out as infra/ is compiled and committed: the app, and each example by itself. */
export async function compiledFiles(folder: string): Promise<readonly CompiledFile[]> {
  const examples = await readdir(join(folder, 'examples'));
  return [
    { source: 'main.bicep', template: 'azuredeploy.json' },
    ...examples
      .filter((name) => name.endsWith('.bicep'))
      .sort()
      .map((name) => join('examples', name))
      .map((source) => ({ source, template: source.replace(/\.bicep$/, '.json') })),
  ];
}

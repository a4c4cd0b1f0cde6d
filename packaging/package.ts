// npm run package: puts what is deployed into `.package/`. It needs nothing beside it: no node_modules, no build in Azure.
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions, type Outputs } from './bundle-functions.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

const PROJECT = join(import.meta.dirname, '..');
/** azure.yaml and .gitignore name it too. */
export const PACKAGE_FOLDER = '.package';

/** Empties `outDirectory` and writes the package there. Gives what went into which file. */
export async function packageApp(projectDirectory: string, outDirectory: string): Promise<Outputs> {
  rmSync(outDirectory, { recursive: true, force: true });
  const outputs = await bundleFunctions(projectDirectory, outDirectory);
  copyFileSync(join(projectDirectory, 'host.json'), join(outDirectory, 'host.json'));
  writeFileSync(join(outDirectory, 'package.json'), manifestFor(projectDirectory));
  writeFileSync(
    join(outDirectory, 'THIRD-PARTY-NOTICES.txt'),
    thirdPartyNotices(projectDirectory, outputs),
  );
  return outputs;
}

/** No dependencies and no scripts: even a build in Azure finds nothing to do. */
function manifestFor(projectDirectory: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(projectDirectory, 'package.json'), 'utf8'),
  );
  const manifest = {
    ...{ name, version, private: true, license },
    type: 'module',
    main: 'functions/*.js',
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Bytes of all files below a folder. */
export function sizeOf(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => statSync(join(directory, file)))
    .filter((stats) => stats.isFile())
    .reduce((bytes, { size }) => bytes + size, 0);
}

if (import.meta.main) {
  const outDirectory = join(PROJECT, PACKAGE_FOLDER);
  await packageApp(PROJECT, outDirectory);
  console.log(`${PACKAGE_FOLDER}/  ${(sizeOf(outDirectory) / 1e6).toFixed(1)} MB`);
}

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

/** What went into which file; paths are relative to the project's folder. */
export type Outputs = Metafile['outputs'];

/**
 * The worker answers `require` for this id itself, so it has to stay a `require`
 * (azure-functions-nodejs-worker, src/setupCoreModule.ts).
 */
const OF_THE_WORKER = '@azure/functions-core';

/** An ES module has no `require`; CommonJS packages in it call one. */
const REQUIRE = [
  "import { createRequire as createRequireOfFile } from 'node:module';",
  'const require = createRequireOfFile(import.meta.url);',
].join('\n');

/**
 * Writes `functions/<name>.js` for each function file, with all that it imports, and `chunks/` for what several share
 * or what is imported only when it is needed: the Azure clients. Throws with the bundler's complaints.
 */
export async function bundleFunctions(
  projectDirectory: string,
  outDirectory: string,
): Promise<Outputs> {
  const { metafile, warnings } = await build({
    absWorkingDir: projectDirectory,
    entryPoints: await findEntryPoints(projectDirectory),
    outbase: projectDirectory,
    outdir: outDirectory,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: [OF_THE_WORKER, ...developmentPackages(projectDirectory)],
    banner: { js: REQUIRE },
    // Or the code would tell where a linked node_modules really is.
    preserveSymlinks: true,
    metafile: true,
    logLevel: 'silent',
  });
  if (warnings.length > 0) {
    throw new Error(`The bundle is not clean:\n${warnings.map(({ text }) => text).join('\n')}`);
  }
  return metafile.outputs;
}

/** What an installation for production lacks too: a package that only tries to load one must not find it here. */
function developmentPackages(projectDirectory: string): string[] {
  const { packages }: { packages: Record<string, { readonly dev?: boolean }> } = JSON.parse(
    readFileSync(join(projectDirectory, 'package-lock.json'), 'utf8'),
  );
  const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');
  const entries = Object.entries(packages).filter(([path]) => path.includes('node_modules/'));
  const production = new Set(entries.filter(([, { dev }]) => !dev).map(([path]) => nameOf(path)));
  const development = new Set(entries.filter(([, { dev }]) => dev).map(([path]) => nameOf(path)));
  return [...development].filter((name) => !production.has(name));
}

/** The function files that no other one imports; those are only their common ground. */
async function findEntryPoints(projectDirectory: string): Promise<string[]> {
  const files = globSync('functions/*.ts', { cwd: projectDirectory }).map((file) =>
    file.replaceAll('\\', '/'),
  );
  const { metafile } = await build({
    absWorkingDir: projectDirectory,
    entryPoints: files,
    outdir: 'unused',
    bundle: true,
    packages: 'external',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const imported = new Set(
    files.flatMap((file) => metafile.inputs[file]?.imports.map(({ path }) => path) ?? []),
  );
  return files.filter((file) => !imported.has(file)).sort();
}

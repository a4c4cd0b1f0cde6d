// What infra/ asks of the Bicep compiler; build.ts and the tests ask through here.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Texts of the ARM templates that these Bicep files of a folder compile to, without the compiler's own stamp. One run
 * for all of them: each starts half a second of compiler. Throws with its diagnostics.
 */
export async function compile(
  bicep: string,
  folder: string,
  sources: readonly string[],
): Promise<readonly string[]> {
  // In a copy, because templates are written beside their sources.
  const copy = await mkdtemp(join(tmpdir(), 'bicep-build-'));
  try {
    await cp(folder, copy, { recursive: true });
    await run(bicep, ['build', '--pattern', '**/*.bicep'], { cwd: copy });
    return await Promise.all(
      sources.map(async (source) => {
        const built = await readFile(join(copy, source.replace(/\.bicep$/, '.json')), 'utf8');
        return `${JSON.stringify(JSON.parse(built), withoutStamp, 2)}\n`;
      }),
    );
  } finally {
    await rm(copy, { recursive: true });
  }
}

/** The linter's and the compiler's complaints about every Bicep file under a folder, one a line; empty when clean. */
export async function lint(bicep: string, folder: string): Promise<string> {
  try {
    // Run in the folder, because the pattern is taken from there. Warnings end the compiler with 0, errors with 1.
    return diagnostics(await run(bicep, ['lint', '--pattern', '**/*.bicep'], { cwd: folder }));
  } catch (error) {
    const complaints = diagnostics(error);
    // A compiler that did not run must not look like one that found nothing.
    if (!complaints) throw error;
    return complaints;
  }
}

function diagnostics(result: unknown): string {
  const { stdout = '', stderr = '' } = result as { stdout?: string; stderr?: string };
  return `${stdout}${stderr}`.trim();
}

/** Formats every Bicep and parameters file under a folder in place. */
export async function format(bicep: string, folder: string): Promise<void> {
  await run(bicep, ['format', '--pattern', '**/*.bicep'], { cwd: folder });
  await run(bicep, ['format', '--pattern', '**/*.bicepparam'], { cwd: folder });
}

/** The files under a folder that formatting would change, as paths relative to it. Changes nothing. */
export async function unformatted(bicep: string, folder: string): Promise<readonly string[]> {
  const copy = await mkdtemp(join(tmpdir(), 'bicep-format-'));
  try {
    await cp(folder, copy, { recursive: true });
    await format(bicep, copy);
    const files = await bicepFiles(copy);
    const changed = await Promise.all(
      files.map(async (file) => {
        const [before, after] = await Promise.all([
          readFile(join(folder, file), 'utf8'),
          readFile(join(copy, file), 'utf8'),
        ]);
        return before !== after;
      }),
    );
    return files.filter((_, index) => changed[index]);
  } finally {
    await rm(copy, { recursive: true });
  }
}

async function bicepFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.bicep(param)?$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

// `_generator` holds the compiler's version and a hash, in the template and in each module of it.
function withoutStamp(key: string, value: unknown): unknown {
  return key === '_generator' ? undefined : value;
}

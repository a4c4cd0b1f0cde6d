import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Emits `dist/` with the project's own compiler, as a deployment does; nothing to do if it is newer than every source.
 * Throws with the compiler's output.
 */
export function buildApp(appDirectory: string): void {
  const built = join(appDirectory, 'dist', '.tsbuildinfo');
  const sources = ['functions', 'shared']
    .map((folder) => join(appDirectory, folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    );
  const config = ['tsconfig.json', 'tsconfig.build.json'].map((file) => join(appDirectory, file));
  const newest = Math.max(...[...sources, ...config].map((file) => statSync(file).mtimeMs));
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return;

  const compiler = join(appDirectory, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json'],
    { cwd: appDirectory, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The app does not compile:\n${stdout}${stderr}`);
}

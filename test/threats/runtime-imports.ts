import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from '../support/local-azure.ts';

const SPECIFIER =
  /\bfrom\s+'([^'.][^']*)'|\bimport\(\s*'([^'.][^']*)'\s*\)|^import\s+'([^'.][^']*)'/gm;

/** The packages that the app's sources name, also for types alone: sorted, each once. */
export function runtimeImports(): string[] {
  const sources = globSync(['functions/**/*.ts', 'shared/**/*.ts'], { cwd: projectDirectory });
  const specifiers = sources.flatMap((file) =>
    [...readFileSync(join(projectDirectory, file), 'utf8').matchAll(SPECIFIER)].map(
      ([, plain, dynamic, bare]) => plain ?? dynamic ?? bare ?? '',
    ),
  );
  const packages = specifiers
    .filter((specifier) => !specifier.startsWith('node:'))
    .map((specifier) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  return [...new Set(packages)].sort();
}

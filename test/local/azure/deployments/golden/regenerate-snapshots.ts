/**
 * Compiles the Bicep files of `snapshots/` and has Microsoft's engine evaluate them offline:
 * `BICEP=/path/to/bicep node test/local/azure/deployments/golden/regenerate-snapshots.ts`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { deploymentName, type SnapshotCase, snapshotCases } from './snapshot-cases.ts';

const bicep = process.env.BICEP ?? 'bicep';
const folder = join(import.meta.dirname, 'snapshots');

for (const snapshotCase of snapshotCases) {
  const source = join(folder, `${snapshotCase.name}.bicep`);
  const compiled = join(folder, `${snapshotCase.name}.json`);
  if (existsSync(source)) {
    run('build', source, '--outfile', compiled);
    writeJson(compiled, withoutGenerator(readJson(compiled)));
  }
  takeSnapshot(snapshotCase, existsSync(source) ? source : compiled);
}

function takeSnapshot({ name, scope, parameters }: SnapshotCase, template: string): void {
  const file = join(folder, `${name}.bicepparam`);
  const values = Object.entries(parameters).map(
    ([parameter, { value }]) => `param ${parameter} = '${String(value)}'`,
  );
  writeFileSync(file, [`using './${basename(template)}'`, ...values, ''].join('\n'));
  try {
    run(
      'snapshot',
      file,
      '--mode',
      'overwrite',
      ...['--tenant-id', scope.tenantId],
      ...['--subscription-id', scope.subscriptionId],
      ...(scope.resourceGroup === undefined ? [] : ['--resource-group', scope.resourceGroup]),
      ...['--location', scope.location ?? '', '--deployment-name', deploymentName],
    );
    const snapshot = join(folder, `${name}.snapshot.json`);
    writeJson(snapshot, readJson(snapshot));
  } finally {
    rmSync(file, { force: true });
  }
}

function run(...args: readonly string[]): void {
  execFileSync(bicep, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** The compiler's version would change every file with each update. */
function withoutGenerator(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, content) => {
    if (key === '_generator') return undefined;
    return key === 'metadata' && Object.keys(content).length === 0 ? undefined : content;
  });
}

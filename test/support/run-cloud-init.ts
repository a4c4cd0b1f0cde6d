// What cloud-init makes of custom data, as far as our examples use it, in a folder instead of the root.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface CloudConfig {
  readonly write_files: readonly { path: string; content: string; permissions?: string }[];
  readonly runcmd: readonly (readonly string[])[];
}

export interface Ended {
  readonly code: number | null;
  /** What was printed. */
  readonly text: string;
}

/** Custom data in base64; the YAML after its first line has to be JSON. */
export function readCloudConfig(customData: string): CloudConfig {
  const decoded = Buffer.from(customData, 'base64').toString();
  const end = decoded.indexOf('\n');
  assert.equal(decoded.slice(0, end), '#cloud-config');
  return JSON.parse(decoded.slice(end));
}

/** Does `write_files` into a new folder. `environment.sh` there becomes what makes a shell the machine. */
export function installMachine(
  directory: string,
  customData: string,
  environment: readonly string[],
): void {
  mkdirSync(directory);
  for (const { path, content, permissions = '0644' } of readCloudConfig(customData).write_files) {
    const mode = Number.parseInt(permissions, 8);
    writeFileSync(join(directory, basename(path)), content, { mode });
  }
  writeFileSync(join(directory, 'environment.sh'), environment.join('\n'), { mode: 0o600 });
}

/**
 * Runs a command on the machine, with the variables of its service's EnvironmentFile and `more`. The shell was an app
 * before, of which `environment.sh` must leave nothing.
 */
export async function runOnMachine(
  directory: string,
  command: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const script = [
    'export AZURE_CLIENT_ID=other IDENTITY_ENDPOINT=http://127.0.0.1:9 IDENTITY_HEADER=x',
    '. ./environment.sh',
    'set -a',
    '. ./read-secret.env',
    ...Object.entries(more).map(([name, value]) => `${name}='${value}'`),
    `exec ${command}`,
  ];
  const child = spawn('sh', ['-c', script.join('\n')], {
    cwd: directory,
    env: { PATH: process.env.PATH },
  });
  const closed = once(child, 'close');
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await closed;
  return { code, text: out + error };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outputs } from './bundle-functions.ts';

const NOTICE_FILE = /^(licen[cs]e|copying|notice|third.?party)/i;

/** Name, version and licence text of each package of which something is in the bundle. */
export function thirdPartyNotices(projectDirectory: string, outputs: Outputs): string {
  const notices = packagesIn(outputs).map((path) => noticeOf(join(projectDirectory, path)));
  return [
    'This package contains software of others, under these terms.\n',
    ...notices.sort(([a], [b]) => (a < b ? -1 : 1)).map((parts) => parts.join('\n')),
  ].join(`\n${'-'.repeat(100)}\n`);
}

/** Folders of the packages that left bytes in the outputs, relative as the outputs' inputs are. */
export function packagesIn(outputs: Outputs): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return [...new Set(folders)].filter((folder) => folder !== undefined).sort();
}

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name?: string };
}

/** Throws for a package that states no terms at all. */
function noticeOf(folder: string): readonly [title: string, text: string] {
  const { name, version, license, author }: PackageJson = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && NOTICE_FILE.test(entry.name))
    .map((entry) => readFileSync(join(folder, entry.name), 'utf8').replaceAll('\r\n', '\n').trim());
  if (texts.length === 0 && license === undefined) {
    throw new Error(`${name} ${version} comes without a licence; it can't be passed on.`);
  }
  const by = typeof author === 'string' ? author : author?.name;
  if (texts.length === 0) texts.push(`Licence: ${license}${by ? `; author: ${by}` : ''}`);
  return [`${name} ${version}\n`, `${texts.join('\n\n')}\n`];
}

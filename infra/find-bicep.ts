// The Bicep compiler is not on npm. Only `infra:build` and the tests of infra/ need it: deploying and
// running take the committed azuredeploy.json.
import { execFile } from 'node:child_process';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** The one place that pins the compiler. Another version may compile to other text. */
export const bicepVersion = '0.49.2';

/** Ignored by git; holds what {@link restoreBicep} fetches. */
const restoreFolder = join(import.meta.dirname, '..', '.bicep');

const nugetPlatforms: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'osx-x64',
  'darwin-arm64': 'osx-arm64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

const executable = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
const run = promisify(execFile);

/**
 * Where the compiler may be, in order: `$BICEP`, PATH, where `az bicep install` puts it, the ignored folder.
 */
export function bicepPlaces(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [
    ...(env.BICEP ? [env.BICEP] : []),
    ...path.map((folder) => join(folder, executable)),
    join(env.AZURE_CONFIG_DIR ?? join(homedir(), '.azure'), 'bin', executable),
    ...restoredPath(),
  ];
}

/** Path of the first compiler that is there, without fetching one; undefined if none is. */
export async function findBicep(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  for (const place of bicepPlaces(env)) {
    if (await isFile(place)) return place;
  }
  return undefined;
}

/**
 * Fetches the pinned compiler from NuGet with the .NET SDK and returns its path.
 * Throws an Error that says what was looked for when there is no SDK, no package for this platform, or no network.
 */
export async function restoreBicep(): Promise<string> {
  const platform = nugetPlatforms[`${process.platform}-${process.arch}`];
  if (!platform) throw notFound(`no NuGet package for ${process.platform}-${process.arch}`);

  await mkdir(restoreFolder, { recursive: true });
  const project = join(restoreFolder, 'restore.csproj');
  await writeFile(project, restoreProject(`Azure.Bicep.CommandLine.${platform}`));
  try {
    await run('dotnet', ['restore', project, '--packages', join(restoreFolder, 'packages')]);
  } catch (error) {
    throw notFound(`\`dotnet restore\` failed: ${failureText(error)}`, error);
  }

  const [path] = restoredPath();
  if (!path || !(await isFile(path))) throw notFound(`the NuGet package holds no ${path}`);
  // NuGet packages carry no permission bits.
  await chmod(path, 0o755);
  return path;
}

function restoredPath(): readonly string[] {
  const platform = nugetPlatforms[`${process.platform}-${process.arch}`];
  if (!platform) return [];
  const packageFolder = `azure.bicep.commandline.${platform}`;
  return [join(restoreFolder, 'packages', packageFolder, bicepVersion, 'tools', executable)];
}

// PackageDownload fetches a package without referring to it, so the target framework hardly matters.
function restoreProject(packageName: string): string {
  return `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>netstandard2.0</TargetFramework><DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences></PropertyGroup>
  <ItemGroup><PackageDownload Include="${packageName}" Version="[${bicepVersion}]" /></ItemGroup>
</Project>
`;
}

function notFound(reason: string, cause?: unknown): Error {
  return new Error(
    `No Bicep compiler. Looked for $BICEP, \`bicep\` on PATH, the one of \`az bicep install\`, and .bicep/; ` +
      `then NuGet: ${reason}. Install Bicep ${bicepVersion} or the .NET SDK.`,
    { cause },
  );
}

function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // dotnet reports on stdout, which execFile leaves out of the message.
  const stdout = 'stdout' in error ? String(error.stdout).trim() : '';
  return stdout || error.message;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

// `bicep snapshot`: Microsoft's own deployment engine evaluates our template without Azure.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const infraFolder = join(import.meta.dirname, '../../infra');
const goldenFolder = join(import.meta.dirname, 'golden');
const run = promisify(execFile);

/** One way to deploy: the parameters file, and the environment that it reads. */
export interface Variant {
  readonly name: string;
  readonly parametersFile: 'main' | 'subscription';
  readonly environment: Readonly<Record<string, string>>;
  readonly identityKind: 'userAssigned' | 'systemAssigned';
  /** With Event Hubs and Service Bus. */
  readonly messaging?: 'receiver' | 'owner';
  /** With Azure SQL, and who makes what is in the database. */
  readonly database?: 'script' | 'person';
  /** With a further API to call. */
  readonly webApi?: true;
}

export const developerPrincipalId = '33333333-3333-3333-3333-333333333333';

export const variants: readonly Variant[] = [
  {
    name: 'user-assigned',
    parametersFile: 'main',
    environment: {},
    identityKind: 'userAssigned',
    messaging: 'receiver',
    database: 'script',
  },
  {
    name: 'system-assigned',
    parametersFile: 'main',
    environment: { APP_IDENTITY_KIND: 'systemAssigned' },
    identityKind: 'systemAssigned',
    messaging: 'receiver',
    database: 'script',
  },
  {
    // The longest name, so that the limits on names are met with it too.
    name: 'subscription',
    parametersFile: 'subscription',
    environment: {
      AZURE_ENV_NAME: 'e'.repeat(64),
      DEVELOPER_PRINCIPAL_ID: developerPrincipalId,
      PROTECT_KEY_VAULT: 'true',
    },
    identityKind: 'userAssigned',
    messaging: 'receiver',
    database: 'script',
  },
  {
    name: 'grant-by-hand',
    parametersFile: 'main',
    environment: { GRANT_DATABASE_BY_SCRIPT: 'false', APP_IDENTITY_KIND: 'systemAssigned' },
    identityKind: 'systemAssigned',
    messaging: 'receiver',
    database: 'person',
  },
  {
    name: 'scale-by-owner',
    parametersFile: 'main',
    environment: {
      DATABASE: 'false',
      SCALE_BY_OWNER: 'true',
      APP_IDENTITY_KIND: 'systemAssigned',
      WEB_API_URL: 'https://func-orders.azurewebsites.net/api/orders',
      WEB_API_SCOPE: 'api://44444444-4444-4444-4444-444444444444/.default',
    },
    identityKind: 'systemAssigned',
    messaging: 'owner',
    webApi: true,
  },
  {
    // Without messaging there is no database, although it is not switched off.
    name: 'without-messaging',
    parametersFile: 'subscription',
    environment: { MESSAGING: 'false', DEVELOPER_PRINCIPAL_ID: developerPrincipalId },
    identityKind: 'userAssigned',
  },
];

/** Where the committed snapshot of a variant is. */
export function goldenPath(variant: Variant): string {
  return join(goldenFolder, `${variant.name}.snapshot.json`);
}

/** The committed snapshot of a variant. */
export async function readGolden(variant: Variant): Promise<string> {
  return readFile(goldenPath(variant), 'utf8');
}

/** Text of a fresh snapshot. Works on a copy of infra/, because the compiler writes beside the parameters file. */
export async function takeSnapshot(bicep: string, variant: Variant): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'bicep-snapshot-'));
  try {
    await cp(infraFolder, copy, { recursive: true });
    await run(bicep, snapshotArguments(variant, copy), { env: compilerEnvironment(variant) });
    return await readFile(join(copy, `${variant.parametersFile}.snapshot.json`), 'utf8');
  } finally {
    await rm(copy, { recursive: true });
  }
}

function snapshotArguments(variant: Variant, folder: string): readonly string[] {
  const scope =
    variant.parametersFile === 'main' ? { 'resource-group': 'rg-managed-identities' } : {};
  const options = {
    mode: 'overwrite',
    'tenant-id': '22222222-2222-2222-2222-222222222222',
    'subscription-id': '11111111-1111-1111-1111-111111111111',
    location: 'westeurope',
    ...scope,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return ['snapshot', join(folder, `${variant.parametersFile}.bicepparam`), ...flags];
}

// Not the caller's whole environment: the parameters files read some of it.
function compilerEnvironment(variant: Variant): NodeJS.ProcessEnv {
  const { PATH, HOME, USERPROFILE, TEMP } = process.env;
  return { PATH, HOME, USERPROFILE, TEMP, ...variant.environment };
}

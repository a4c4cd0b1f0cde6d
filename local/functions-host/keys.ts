import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, findSetting } from './setting-resolution.ts';

interface StoredKey {
  readonly name: string;
  readonly value: string;
  readonly encrypted: false;
}

export type KeyLevel = 'anonymous' | 'function' | 'admin';

/** Keys of the host and of its functions; only with `--enable-auth`. */
export interface Keys {
  readonly master: string;
  readonly host: readonly StoredKey[];
  keysOf(functionName: string): readonly StoredKey[];
  /** What a presented key allows. */
  levelOf(key: string | undefined, functionName?: string): KeyLevel;
}

interface HostSecrets {
  readonly masterKey: StoredKey;
  readonly functionKeys: readonly StoredKey[];
}

interface FunctionSecrets {
  readonly keys: readonly StoredKey[];
}

/**
 * Reads the keys, or makes them at random at the first start, in the files that the real host keeps with
 * `AzureWebJobsSecretStorageType=files`: `host.json` and `<function>.json` in the folder FUNCTIONS_SECRETS_PATH.
 * Nobody else may read the folder: throws if it is not this user's own.
 */
export async function loadKeys(
  functionNames: readonly string[],
  environment: Environment,
  hostId: string,
): Promise<Keys> {
  const folder =
    findSetting(environment, 'FUNCTIONS_SECRETS_PATH') ??
    join(tmpdir(), `functions-host-secrets-${process.getuid?.() ?? 'user'}`, hostId);
  await ensurePrivateFolder(folder);
  const host = await readOrCreate<HostSecrets>(join(folder, 'host.json'), () => ({
    masterKey: createKey('master'),
    functionKeys: [createKey('default')],
    systemKeys: [],
  }));
  const functions = new Map<string, readonly StoredKey[]>();
  for (const name of functionNames) {
    const path = join(folder, `${name.toLowerCase()}.json`);
    const { keys } = await readOrCreate<FunctionSecrets>(path, () => ({
      keys: [createKey('default')],
    }));
    functions.set(name.toLowerCase(), keys);
  }
  return createKeys(host, functions);
}

function createKeys(host: HostSecrets, functions: ReadonlyMap<string, readonly StoredKey[]>): Keys {
  const keysOf = (name: string) => functions.get(name.toLowerCase()) ?? [];
  return {
    master: host.masterKey.value,
    host: host.functionKeys,
    keysOf,
    levelOf(key, functionName) {
      if (!key) return 'anonymous';
      if (isSame(key, host.masterKey.value)) return 'admin';
      const own = functionName === undefined ? [] : keysOf(functionName);
      const known = [...host.functionKeys, ...own].filter(({ value }) => isSame(key, value));
      return known.length > 0 ? 'function' : 'anonymous';
    },
  };
}

/** In constant time: the digests have one length. */
function isSame(presented: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(presented), digest(expected));
}

// Pretend: 40 random bytes as in Azure, but without the signature and checksum by which scanners find its keys.
function createKey(name: string): StoredKey {
  return { name, value: `${randomBytes(40).toString('base64url')}==`, encrypted: false };
}

async function ensurePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(folder);
  const isOurs = process.getuid === undefined || uid === process.getuid();
  const isPrivate = process.platform === 'win32' || (mode & 0o077) === 0;
  if (!isOurs || !isPrivate) {
    throw new Error(
      `${folder} holds the function keys and must be readable by its owner only: chmod 700 it, or name another folder in FUNCTIONS_SECRETS_PATH.`,
    );
  }
}

async function readOrCreate<T extends object>(path: string, create: () => T): Promise<T> {
  const fresh = `${JSON.stringify(create(), null, 2)}\n`;
  try {
    await writeFile(path, fresh, { mode: 0o600, flag: 'wx' });
    return JSON.parse(fresh);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new Error(`${path} holds no keys: remove it, and new ones are made.`, { cause });
  }
}

// The import table of the project as data: who may import what.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = join(import.meta.dirname, '..');

interface Room {
  /** Folder or file, longest match wins. */
  readonly path: string;
  readonly packages: readonly (string | RegExp)[];
  readonly rooms: readonly string[];
}

const AZURE_PARTS = ['local/azure/http', 'local/azure/access', 'local/azure/tokens'];
/** Plain data and contracts that every part of the embedded Azure may name. */
const AZURE_GROUND = [
  'local/azure/clock.ts',
  'local/azure/directory.ts',
  'local/azure/doors.ts',
  'local/azure/journal.ts',
  'local/azure/machines.ts',
  'local/azure/resource-id.ts',
  'local/azure/tenant.ts',
  'local/azure/providers/provider.ts',
  'local/azure/resource-manager/resource.ts',
  'local/azure/deployments/deployment.ts',
];

const ROOMS: readonly Room[] = [
  { path: 'functions', packages: ['@azure/functions'], rooms: ['functions', 'shared'] },
  { path: 'shared', packages: [/^@azure\/(?!functions)/, 'mssql'], rooms: ['shared'] },
  { path: 'infra', packages: [], rooms: ['infra'] },
  // What `npm run grant-database` needs, and nothing that only compiles.
  { path: 'infra/grant-database.ts', packages: ['@azure/identity'], rooms: ['infra'] },
  { path: 'infra/run-batches.ts', packages: ['@azure/core-auth', 'mssql'], rooms: ['infra'] },
  { path: 'packaging', packages: ['esbuild'], rooms: ['packaging'] },
  { path: 'local', packages: [], rooms: ['local'] },
  { path: 'local/redirect', packages: [], rooms: ['local/redirect'] },
  {
    path: 'local/functions-host',
    packages: [
      'croner',
      '@azure/event-hubs',
      '@azure/identity',
      '@azure/service-bus',
      '@azure/storage-blob',
    ],
    rooms: ['local/functions-host'],
  },
  {
    path: 'local/azure',
    packages: ['@peculiar/x509', 'reflect-metadata'],
    rooms: ['local/azure'],
  },
  ...['http', 'access', 'tokens'].map((part) => ({
    path: `local/azure/${part}`,
    packages: ['jose'],
    rooms: [...AZURE_PARTS, ...AZURE_GROUND],
  })),
  ...['key-vault', 'storage'].map((part) => ({
    path: `local/azure/${part}`,
    packages: part === 'storage' ? [/^azurite\//] : [],
    rooms: [`local/azure/${part}`, ...AZURE_PARTS, ...AZURE_GROUND],
  })),
  {
    path: 'local/azure/amqp',
    packages: ['ws'],
    rooms: ['local/azure/amqp', ...AZURE_PARTS, ...AZURE_GROUND],
  },
  ...['event-hubs', 'service-bus'].map((part) => ({
    path: `local/azure/${part}`,
    packages: [],
    rooms: [`local/azure/${part}`, 'local/azure/amqp', ...AZURE_PARTS, ...AZURE_GROUND],
  })),
  {
    path: 'local/azure/tds',
    packages: [],
    rooms: ['local/azure/tds', ...AZURE_PARTS, ...AZURE_GROUND],
  },
  {
    path: 'local/azure/sql',
    packages: [],
    rooms: ['local/azure/sql', 'local/azure/tds', ...AZURE_PARTS, ...AZURE_GROUND],
  },
  {
    path: 'local/azure/graph',
    packages: [],
    rooms: ['local/azure/graph', ...AZURE_PARTS, ...AZURE_GROUND],
  },
  {
    path: 'local/azure/app-service',
    packages: [],
    rooms: ['local/azure/app-service', ...AZURE_PARTS, ...AZURE_GROUND],
  },
  {
    path: 'local/azure/deployments',
    packages: ['uuid', 'json5'],
    rooms: ['local/azure/deployments', ...AZURE_PARTS, ...AZURE_GROUND],
  },
  {
    path: 'local/azure/providers',
    packages: ['uuid'],
    rooms: [
      'local/azure/providers',
      'local/azure/resource-manager',
      ...AZURE_PARTS,
      ...AZURE_GROUND,
    ],
  },
  {
    path: 'local/azure/resource-manager',
    packages: ['uuid', 'json5'],
    rooms: [
      'local/azure/resource-manager',
      'local/azure/providers',
      'local/azure/deployments/run.ts',
      'local/azure/resource-graph',
      ...AZURE_PARTS,
      ...AZURE_GROUND,
    ],
  },
  {
    path: 'local/azure/resource-graph',
    packages: [],
    rooms: [
      'local/azure/resource-graph',
      'local/azure/resource-manager',
      ...AZURE_PARTS,
      ...AZURE_GROUND,
    ],
  },
];

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const IMPORT =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|\brequire\(\s*['"]([^'"]+)['"]\s*\)/gm;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, type, plain, dynamic, required]) => ({
    file,
    specifier: plain ?? dynamic ?? required ?? '',
    typeOnly: type !== undefined,
  }));
}

function roomOf(file: string): Room | undefined {
  return ROOMS.filter(({ path }) => file === path || file.startsWith(`${path}/`)).sort(
    (a, b) => b.path.length - a.path.length,
  )[0];
}

/** Why an import breaks the table; undefined if it doesn't. */
function complaint({ file, specifier, typeOnly }: Import): string | undefined {
  const room = roomOf(file);
  if (!room) return `${file} is in no room of the table`;
  if (specifier.startsWith('.')) {
    const target = relative(ROOT, join(ROOT, dirname(file), specifier))
      .split(sep)
      .join('/');
    const allowed = [room.path, ...room.rooms];
    const fits = allowed.some((path) => target === path || target.startsWith(`${path}/`));
    return fits ? undefined : `${file} imports ${target}`;
  }
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return undefined;
  // Types cost nothing at run time: shared/ may name Functions' types.
  if (typeOnly && specifier.startsWith('@azure/') && /^(shared|functions)/.test(file)) {
    return undefined;
  }
  const fits = room.packages.some((allowed) =>
    typeof allowed === 'string' ? allowed === specifier : allowed.test(specifier),
  );
  return fits ? undefined : `${file} imports the package ${specifier}`;
}

const SOURCES = globSync(
  [
    'functions/**/*.ts',
    'shared/**/*.ts',
    'infra/**/*.ts',
    'packaging/**/*.ts',
    'local/**/*.{ts,mjs}',
  ],
  { cwd: ROOT },
).map((file) => file.split(sep).join('/'));

describe('the import table', () => {
  it('holds for every source file', () => {
    assert.ok(SOURCES.length > 50, 'the sources are found');
    assert.deepEqual(
      SOURCES.flatMap(importsOf).flatMap((entry) => complaint(entry) ?? []),
      [],
    );
  });

  it('catches the app importing the embedded Azure, and a target importing another target', () => {
    const wrong = [
      { file: 'functions/read-secret.ts', specifier: '../local/start.ts', typeOnly: false },
      { file: 'shared/key-vault.ts', specifier: '../functions/read-secret.ts', typeOnly: false },
      { file: 'local/start.ts', specifier: '../shared/settings.ts', typeOnly: false },
      { file: 'local/azure/key-vault/x.ts', specifier: '../storage/y.ts', typeOnly: false },
      { file: 'local/azure/key-vault/x.ts', specifier: '@azure/identity', typeOnly: false },
    ];
    for (const entry of wrong) assert.match(complaint(entry) ?? '', /imports/, entry.file);
  });

  it('lets functions/ take only values that Node can see from @azure/functions', () => {
    // The package's bundle hides its classes from Node's CommonJS scanner before 24.15.
    const named = /import\s+\{([^}]*)\}\s+from\s+'@azure\/functions'/g;
    for (const file of SOURCES.filter((source) => source.startsWith('functions/'))) {
      for (const [, list = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(named)) {
        const values = list
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean);
        for (const value of values.filter((name) => !name.startsWith('type '))) {
          assert.match(value, /^(app|input|output|trigger)$/, `${file} imports the value ${value}`);
        }
      }
    }
  });

  it('keeps every file under 300 lines', () => {
    for (const file of SOURCES) {
      const lines = readFileSync(join(ROOT, file), 'utf8').split('\n').length;
      assert.ok(lines <= 300, `${file} has ${lines} lines`);
    }
  });
});

// @ts-check
// The child process that is Azurite's blob service: plain JavaScript, because type stripping would cost it
// 17 MB and 35 ms (measured), and only the modules of the blob service. It ends itself when its parent is gone.
import { createRequire, enableCompileCache } from 'node:module';

process.once('disconnect', () => process.exit(0));
process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group: the parent may still have blobs to write.
enableCompileCache();

const azuritePackage = createRequire(import.meta.url).resolve('azurite/package.json');
/** Resolves as Azurite's own modules do. */
const require = createRequire(azuritePackage);
/** @param {string} path */
const azurite = (path) => require(`./dist/src/${path}`);

/** Puts `exports` in the place of a module that is never to be loaded. @param {string} name @param {unknown} exports */
function replaceModule(name, exports) {
  const id = require.resolve(name);
  Reflect.set(require.cache, id, { id, filename: id, loaded: true, exports });
}
// 98 modules that are never called with telemetry off.
replaceModule('applicationinsights', {});
// What Azurite fetches copy sources with, from the real network. The proxy lets no such source through.
replaceModule('axios', { get: () => Promise.reject(new Error('There is no network here.')) });

const { default: BlobServer } = azurite('blob/BlobServer.js');
const { default: BlobConfiguration } = azurite('blob/BlobConfiguration.js');
const { default: AccountDataStore } = azurite('common/AccountDataStore.js');
const { AzuriteTelemetryClient } = azurite('common/Telemetry.js');
AzuriteTelemetryClient.init('', false);

// The door in front of Azurite speaks TLS: `spr=https` of a SAS holds, and addresses in answers say https.
const { prototype: request } = azurite('blob/generated/ExpressRequestAdapter.js').default;
request.getProtocol = () => 'https';
/** @this {{ getHeader(name: string): string }} */
request.getEndpoint = function endpoint() {
  return `https://${this.getHeader('host')}`;
};

// Azurite adds the account's name to the address of the service in lists, as its own addresses have it there.
for (const [handler, operations] of Object.entries({
  ServiceHandler: ['listContainersSegment', 'filterBlobs'],
  ContainerHandler: ['listBlobFlatSegment', 'listBlobHierarchySegment', 'filterBlobs'],
})) {
  const { prototype } = azurite(`blob/handlers/${handler}.js`).default;
  for (const name of operations) {
    const operation = prototype[name];
    /** @param {unknown[]} given */
    prototype[name] = async function list(...given) {
      const answer = await operation.apply(this, given);
      return { ...answer, serviceEndpoint: new URL('/', answer.serviceEndpoint).href };
    };
  }
}

/** @type {Map<string, Buffer[]>} */
const accountKeys = new Map();
// Azurite reads its accounts from the environment, at start. Ours are made later, so the parent tells them.
/** @param {string} name */
AccountDataStore.prototype.getAccount = (name) => {
  const [key1, key2] = accountKeys.get(name) ?? [];
  return key1 && { name, key1, key2 };
};

/** @param {import('./start-azurite.ts').AzuriteCommand} command */
async function obey(command) {
  if (command.kind === 'start') {
    // Azurite derives user delegation keys from a constant that everyone can read.
    azurite('blob/utils/constants.js').USERDELEGATIONKEY_BASIC_KEY = command.delegationSecret;
    const server = new BlobServer(createConfiguration());
    await server.start();
    process.send?.({ kind: 'listening', port: new URL(server.getHttpServerAddress()).port });
    return;
  }
  if (command.kind === 'put-account') {
    accountKeys.set(
      command.name,
      command.keys.map((key) => Buffer.from(key, 'base64')),
    );
  } else {
    accountKeys.delete(command.name);
  }
  process.send?.({ kind: 'done', sequence: command.sequence });
}
process.on('message', obey);

/** As `azurite-blob --blobPort 0 --inMemoryPersistence --skipApiVersionCheck --silent` would make it. */
function createConfiguration() {
  const [keepAliveSeconds, noPath, noLog, skipApiVersionCheck] = [60, '', false, true];
  const [loose, inMemory, productStyleUrlOff] = [false, true, false];
  return new BlobConfiguration(
    '127.0.0.1',
    0,
    keepAliveSeconds,
    noPath,
    noPath,
    [],
    noLog,
    undefined,
    noLog,
    undefined,
    loose,
    skipApiVersionCheck,
    noPath,
    noPath,
    noPath,
    undefined,
    productStyleUrlOff,
    inMemory,
  );
}

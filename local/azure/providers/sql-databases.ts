import type { ResourceId } from '../resource-id.ts';
import { derivedGuid } from './derived-guid.ts';
import { readNumeric } from './loose-values.ts';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { type Properties, readBoolean, readString } from './read-property.ts';
import { SQL_API_VERSIONS } from './sql-api-versions.ts';
import { invalidCollation, invalidParameter, notServed } from './sql-refusals.ts';
import { type DatabaseSku, readDatabaseSku } from './sql-skus.ts';

const COLLATION = 'SQL_Latin1_General_CP1_CI_AS';
const GIB = 2 ** 30;

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftsql */
const NAME = /^(?=.{1,128}$)[^<>*%&:\\/?]*[^<>*%&:\\/?. ]$/;

/**
 * Databases of a logical server. Properties in the order of [R35].
 * Source: https://learn.microsoft.com/rest/api/sql/databases/create-or-update
 */
export function sqlDatabases(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Sql/servers/databases',
    apiVersions: SQL_API_VERSIONS,
    listed: true,
    defaultNames: ['master'],
    async put(request) {
      const { id, body, existing } = request;
      const isUserDatabase = NAME.test(id.name) && id.name.toLowerCase() !== 'master';
      if (!isUserDatabase) throw invalidParameter('DatabaseName');
      const given = { ...existing?.properties, ...body.properties };
      requireServed(given);
      requireCollation(readString(given, 'collation') ?? COLLATION);
      if (existing && given.collation !== existing.properties.collation) {
        throw invalidParameter('Collation');
      }
      const sku = readSku(request, given);
      const properties = showDatabase(services, request, given, sku);
      await services.sql?.putDatabase({
        serverName: serverNameOf(id),
        name: id.name,
        resourceId: id.id,
        collation: String(properties.collation),
        maxSizeBytes: Number(properties.maxSizeBytes),
        isServerless: sku.isServerless,
      });
      return { properties, sku: showSku(sku), kind: kindOf(sku) };
    },
    remove: ({ name }) => {
      const [server = '', database = ''] = name.split('/');
      return services.sql?.removeDatabase(server, database);
    },
    read: (id) => readMaster(services, id),
  };
}

/** How names of collations end; what stands before says of which language. Source: https://learn.microsoft.com/sql/t-sql/statements/windows-collation-name-transact-sql */
const COLLATION_NAME = /^[a-z]\w*?_(bin2?|c[is]_a[is](_ks)?(_ws)?(_vss)?(_sc)?)(_utf8)?$/i;

function requireCollation(name: string): void {
  if (!COLLATION_NAME.test(name)) throw invalidCollation(name);
}

/** A body that names an objective in either place wins over what is there. */
function readSku({ body, existing }: PutRequest, given: Properties): DatabaseSku {
  const { requestedServiceObjectiveName, edition } = body.properties ?? {};
  const before = (requestedServiceObjectiveName ?? edition) ? undefined : existing?.sku;
  return readDatabaseSku((body.sku ?? before) as Properties | undefined, given);
}

const serverNameOf = ({ fullName }: ResourceId) => fullName.split('/')[0] ?? '';

/** Pretend: `master` is there with its server, but is in no list of all resources; in Azure it is. */
function readMaster({ findResource }: ProviderServices, { name, parentId = '' }: ResourceId) {
  const server = findResource(parentId);
  if (name.toLowerCase() !== 'master' || !server) return undefined;
  return {
    ...(server.location !== undefined && { location: server.location }),
    kind: 'v12.0,system',
    sku: { name: 'System', tier: 'System', capacity: 0 },
    properties: { collation: COLLATION, maxSizeBytes: 30 * GIB, status: 'Online' },
  };
}

/** An empty database in the place of a copy would be a lie. */
function requireServed(given: Properties): void {
  const createMode = readString(given, 'createMode') ?? 'Default';
  if (createMode.toLowerCase() !== 'default') throw notServed(`createMode '${createMode}'`);
  const sampleName = readString(given, 'sampleName');
  if (sampleName) throw notServed(`the sample database '${sampleName}'`);
}

const kindOf = ({ family, isServerless, name }: DatabaseSku) =>
  `v12.0,user${name === 'ElasticPool' ? ',pool' : ''}${family ? ',vcore' : ''}${isServerless ? ',serverless' : ''}`;

function showSku({ name, tier, family, capacity }: DatabaseSku): Properties {
  return { name, tier, ...(family && { family }), capacity };
}

function showDatabase(
  { clock }: ProviderServices,
  { id, existing }: PutRequest,
  given: Properties,
  sku: DatabaseSku,
): Properties {
  const now = new Date(clock.nowMs()).toISOString();
  const serverless = sku.isServerless ? readServerless(given, sku) : undefined;
  const license = readString(given, 'licenseType') ?? 'LicenseIncluded';
  const backup = readString(given, 'requestedBackupStorageRedundancy') ?? 'Geo';
  return {
    collation: readString(given, 'collation') ?? COLLATION,
    maxSizeBytes: readNumeric(given, 'maxSizeBytes') ?? sku.defaultMaxSizeBytes,
    status: 'Online',
    databaseId: derivedGuid('database', id.id),
    creationDate: existing?.properties.creationDate ?? now,
    currentServiceObjectiveName: sku.objective,
    requestedServiceObjectiveName: sku.objective,
    ...kept(given, ['elasticPoolId']),
    catalogCollation: readString(given, 'catalogCollation') ?? COLLATION,
    zoneRedundant: readBoolean(given, 'zoneRedundant') ?? false,
    ...(sku.family && !sku.isServerless && { licenseType: license }),
    readScale: readString(given, 'readScale') ?? 'Disabled',
    currentSku: showSku(sku),
    ...(serverless && { autoPauseDelay: serverless.autoPauseDelay }),
    currentBackupStorageRedundancy: backup,
    requestedBackupStorageRedundancy: backup,
    ...(serverless && { minCapacity: serverless.minCapacity }),
    maintenanceConfigurationId:
      readString(given, 'maintenanceConfigurationId') ??
      `/subscriptions/${id.subscriptionId}/providers/Microsoft.Maintenance/publicMaintenanceConfigurations/SQL_Default`,
    isLedgerOn: readBoolean(given, 'isLedgerOn') ?? false,
    isInfraEncryptionEnabled: false,
    ...kept(given, KEPT),
    availabilityZone: readString(given, 'availabilityZone') ?? 'NoPreference',
  };
}

const KEPT = [
  'highAvailabilityReplicaCount',
  'preferredEnclaveType',
  'useFreeLimit',
  'freeLimitExhaustionBehavior',
];

/** Minutes until it pauses, -1 for never; fewest cores. Source: https://learn.microsoft.com/azure/azure-sql/database/serverless-tier-overview */
function readServerless(given: Properties, { capacity }: DatabaseSku) {
  const autoPauseDelay = readNumeric(given, 'autoPauseDelay') ?? 60;
  const minCapacity = readNumeric(given, 'minCapacity') ?? 0.5;
  const isDelay = Number.isInteger(autoPauseDelay) && autoPauseDelay >= 15;
  if (autoPauseDelay !== -1 && !(isDelay && autoPauseDelay <= 10_080)) {
    throw invalidParameter('AutoPauseDelay');
  }
  if (minCapacity < 0.5 || minCapacity > capacity) throw invalidParameter('MinCapacity');
  return { autoPauseDelay, minCapacity };
}

function kept(given: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(
    names.flatMap((name) =>
      (given[name] ?? undefined) === undefined ? [] : [[name, given[name]]],
    ),
  );
}

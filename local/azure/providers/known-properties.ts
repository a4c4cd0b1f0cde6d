// The properties of each type that our own template may set. In it a misspelt one is refused by name: many of
// Azure's providers read over it, and what was meant (`allowSharedKeyAccess: false`) then is not so.
import { ServiceError } from '../http/service-error.ts';
import type { PutRequest } from './provider.ts';

/** `true`: anything goes below; an array: of such elements. */
type Shape = true | readonly [Shape] | { readonly [name: string]: Shape };

const network: Shape = {
  bypass: true,
  defaultAction: true,
  ipRules: true,
  virtualNetworkRules: true,
  resourceAccessRules: true,
};

const RECEIVER = 'deadLetteringOnMessageExpiration lockDuration maxDeliveryCount requiresSession';
const SENDER =
  'autoDeleteOnIdle defaultMessageTimeToLive duplicateDetectionHistoryTimeWindow enableBatchedOperations ' +
  'enableExpress enablePartitioning maxMessageSizeInKilobytes maxSizeInMegabytes requiresDuplicateDetection status';
const FORWARD = 'forwardDeadLetteredMessagesTo forwardTo';

/** Of a site and of its slots. */
const site: Shape = {
  ...names(
    'serverFarmId httpsOnly reserved enabled clientAffinityEnabled clientCertEnabled clientCertMode',
    'clientCertExclusionPaths dailyMemoryTimeQuota endToEndEncryptionEnabled hostNamesDisabled ipMode',
    'keyVaultReferenceIdentity outboundVnetRouting publicNetworkAccess redundancyMode storageAccountRequired',
    'virtualNetworkSubnetId vnetRouteAllEnabled',
  ),
  siteConfig: {
    ...names(
      'minTlsVersion scmMinTlsVersion minTlsCipherSuite ftpsState http20Enabled http20ProxyFlag cors alwaysOn',
      'linuxFxVersion windowsFxVersion netFrameworkVersion use32BitWorkerProcess functionAppScaleLimit',
      'minimumElasticInstanceCount healthCheckPath ipSecurityRestrictions ipSecurityRestrictionsDefaultAction',
      'scmIpSecurityRestrictions scmIpSecurityRestrictionsDefaultAction scmIpSecurityRestrictionsUseMain',
      'acrUseManagedIdentityCreds acrUserManagedIdentityID keyVaultReferenceIdentity publicNetworkAccess',
      'vnetRouteAllEnabled webSocketsEnabled apiManagementConfig connectionStrings metadata appCommandLine',
    ),
    appSettings: [names('name value')],
  },
  functionAppConfig: {
    runtime: names('name version'),
    scaleAndConcurrency: {
      ...names('instanceMemoryMB maximumInstanceCount'),
      alwaysReady: [names('name instanceCount')],
      triggers: { http: names('perInstanceConcurrency') },
    },
    deployment: {
      storage: {
        ...names('type value'),
        authentication: names(
          'type userAssignedIdentityResourceId storageAccountConnectionStringName',
        ),
      },
    },
    siteUpdateStrategy: names('type'),
  },
};

/** Source: https://learn.microsoft.com/azure/templates/ */
const known: Readonly<Record<string, Shape>> = {
  'microsoft.authorization/roleassignments': names(
    'principalId principalType roleDefinitionId description condition conditionVersion delegatedManagedIdentityResourceId',
  ),
  'microsoft.eventhub/namespaces': {
    ...names('alternateName clusterArmId disableLocalAuth encryption geoDataReplication'),
    ...names('isAutoInflateEnabled kafkaEnabled maximumThroughputUnits minimumTlsVersion'),
    ...names('privateEndpointConnections publicNetworkAccess zoneRedundant'),
  },
  'microsoft.eventhub/namespaces/eventhubs': {
    ...names('captureDescription messageRetentionInDays partitionCount status userMetadata'),
    retentionDescription: names('cleanupPolicy retentionTimeInHours tombstoneRetentionTimeInHours'),
  },
  'microsoft.eventhub/namespaces/eventhubs/consumergroups': names('userMetadata'),
  'microsoft.insights/components': names(
    'Application_Type Flow_Type Request_Source WorkspaceResourceId IngestionMode RetentionInDays SamplingPercentage',
    'DisableIpMasking DisableLocalAuth ForceCustomerStorageForProfiler ImmediatePurgeDataOn30Days',
    'publicNetworkAccessForIngestion publicNetworkAccessForQuery',
  ),
  'microsoft.keyvault/vaults': {
    ...names(
      'tenantId createMode accessPolicies enableRbacAuthorization enableSoftDelete softDeleteRetentionInDays',
      'enablePurgeProtection enabledForDeployment enabledForDiskEncryption enabledForTemplateDeployment',
      'publicNetworkAccess vaultUri provisioningState',
    ),
    sku: names('family name'),
    networkAcls: network,
  },
  'microsoft.keyvault/vaults/secrets': {
    ...names('value contentType'),
    attributes: names('enabled exp nbf'),
  },
  'microsoft.managedidentity/userassignedidentities': names('isolationScope'),
  'microsoft.operationalinsights/workspaces': {
    ...names('retentionInDays forceCmkForQuery defaultDataCollectionRuleResourceId'),
    ...names('publicNetworkAccessForIngestion publicNetworkAccessForQuery'),
    sku: names('name capacityReservationLevel'),
    workspaceCapping: names('dailyQuotaGb'),
    features: names(
      'clusterResourceId disableLocalAuth enableDataExport enableLogAccessUsingOnlyResourcePermissions',
      'immediatePurgeDataOn30Days',
    ),
  },
  'microsoft.servicebus/namespaces': {
    ...names(
      'alternateName disableLocalAuth encryption minimumTlsVersion premiumMessagingPartitions',
    ),
    ...names('privateEndpointConnections publicNetworkAccess zoneRedundant geoDataReplication'),
  },
  'microsoft.servicebus/namespaces/queues': names(RECEIVER, SENDER, FORWARD),
  'microsoft.servicebus/namespaces/topics': names(SENDER, 'supportOrdering'),
  'microsoft.servicebus/namespaces/topics/subscriptions': names(
    RECEIVER,
    FORWARD,
    'autoDeleteOnIdle clientAffineProperties deadLetteringOnFilterEvaluationExceptions',
    'defaultMessageTimeToLive enableBatchedOperations isClientAffine status',
  ),
  'microsoft.servicebus/namespaces/topics/subscriptions/rules': {
    filterType: true,
    action: names('compatibilityLevel requiresPreprocessing sqlExpression'),
    sqlFilter: names('compatibilityLevel parameters requiresPreprocessing sqlExpression'),
    correlationFilter: names(
      'contentType correlationId label messageId properties replyTo replyToSessionId',
      'requiresPreprocessing sessionId to',
    ),
  },
  'microsoft.resources/deploymentscripts': {
    ...names('arguments azCliVersion azPowerShellVersion cleanupPreference forceUpdateTag'),
    ...names('primaryScriptUri retentionInterval scriptContent supportingScriptUris timeout'),
    containerSettings: names('containerGroupName subnetIds'),
    environmentVariables: [names('name secureValue value')],
    storageAccountSettings: names('storageAccountKey storageAccountName'),
  },
  'microsoft.sql/servers': {
    ...names('administratorLogin administratorLoginPassword federatedClientId isIPv6Enabled keyId'),
    ...names('minimalTlsVersion primaryUserAssignedIdentityId publicNetworkAccess'),
    ...names('restrictOutboundNetworkAccess retentionDays version'),
    administrators: names(
      'administratorType azureADOnlyAuthentication login principalType sid tenantId',
    ),
  },
  'microsoft.sql/servers/databases': names(
    'autoPauseDelay availabilityZone catalogCollation collation createMode elasticPoolId encryptionProtector',
    'freeLimitExhaustionBehavior highAvailabilityReplicaCount isLedgerOn licenseType maintenanceConfigurationId',
    'maxSizeBytes minCapacity preferredEnclaveType readScale requestedBackupStorageRedundancy useFreeLimit',
    'zoneRedundant',
  ),
  'microsoft.sql/servers/firewallrules': names('endIpAddress startIpAddress'),
  'microsoft.storage/storageaccounts': {
    ...names(
      'accessTier allowBlobPublicAccess allowCrossTenantReplication allowSharedKeyAccess allowedCopyScope',
      'azureFilesIdentityBasedAuthentication customDomain defaultToOAuthAuthentication dnsEndpointType encryption',
      'immutableStorageWithVersioning isHnsEnabled isLocalUserEnabled isNfsV3Enabled isSftpEnabled keyPolicy',
      'largeFileSharesState minimumTlsVersion publicNetworkAccess routingPreference sasPolicy supportsHttpsTrafficOnly',
    ),
    networkAcls: network,
  },
  'microsoft.storage/storageaccounts/blobservices': names(
    'automaticSnapshotPolicyEnabled changeFeed containerDeleteRetentionPolicy cors defaultServiceVersion',
    'deleteRetentionPolicy isVersioningEnabled lastAccessTimeTrackingPolicy restorePolicy',
  ),
  'microsoft.storage/storageaccounts/blobservices/containers': names(
    'defaultEncryptionScope denyEncryptionScopeOverride immutableStorageWithVersioning metadata publicAccess',
  ),
  'microsoft.web/serverfarms': names(
    'reserved elasticScaleEnabled hostingEnvironmentProfile hyperV isSpot isXenon maximumElasticWorkerCount',
    'perSiteScaling targetWorkerCount targetWorkerSizeId workerTierName zoneRedundant',
  ),
  'microsoft.web/sites': site,
  'microsoft.web/sites/slots': site,
  'microsoft.web/sites/basicpublishingcredentialspolicies': names('allow'),
  'microsoft.web/sites/slots/basicpublishingcredentialspolicies': names('allow'),
};

function names(...lists: readonly string[]): Readonly<Record<string, true>> {
  return Object.fromEntries(lists.flatMap((list) => list.split(' ')).map((name) => [name, true]));
}

/** Throws 400 that names the first property that is not known. Types without a list are not looked at. */
export function requireKnown({ id, body }: Pick<PutRequest, 'id' | 'body'>): void {
  const shape = known[id.type.toLowerCase()];
  const path = shape && findUnknown(body.properties, shape, 'properties');
  if (path === undefined) return;
  // Pretend: code and words; what Azure does with a property that it doesn't know differs from type to type.
  throw new ServiceError(
    400,
    'PropertyNotKnown',
    `The embedded Azure does not know '${path}' of ${id.type}. If Azure does, known-properties.ts has to.`,
    { target: path },
  );
}

/** ARM and its providers read names without case. */
function findUnknown(value: unknown, shape: Shape, path: string): string | undefined {
  if (shape === true || typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(shape)) {
    const [element = true] = shape as readonly [Shape];
    const elements = Array.isArray(value) ? value : [];
    return first(elements.map((one, index) => findUnknown(one, element, `${path}[${index}]`)));
  }
  const shapes = Object.entries(shape).map(([name, below]) => [name.toLowerCase(), below] as const);
  const byName = new Map<string, Shape>(shapes);
  return first(
    Object.entries(value).map(([name, below]) => {
      const expected = byName.get(name.toLowerCase());
      return expected === undefined
        ? `${path}.${name}`
        : findUnknown(below, expected, `${path}.${name}`);
    }),
  );
}

function first(paths: readonly (string | undefined)[]): string | undefined {
  return paths.find((path) => path !== undefined);
}

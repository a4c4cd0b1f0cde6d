// Settings of servers and databases that are there from the start under one name. They are kept and shown; what they
// ask for (audit records, encryption at rest, redirects) is not done here.
import type { ProviderServices, ResourceProvider } from './provider.ts';
import type { Properties } from './read-property.ts';
import { SQL_API_VERSIONS } from './sql-api-versions.ts';

const audit = {
  retentionDays: 0,
  auditActionsAndGroups: [],
  isStorageSecondaryKeyInUse: false,
  isAzureMonitorTargetEnabled: false,
  state: 'Disabled',
  storageAccountSubscriptionId: '00000000-0000-0000-0000-000000000000',
};
const alerts = {
  state: 'Disabled',
  disabledAlerts: [''],
  emailAddresses: [''],
  emailAccountAdmins: false,
  retentionDays: 0,
};
const scans = { recurringScans: { isEnabled: false, emailSubscriptionAdmins: true } };

/**
 * Type below Microsoft.Sql/servers, its name, and what it is before anyone has set it: as templates show it that the
 * portal has exported.
 */
const settings: readonly (readonly [string, string, Properties])[] = [
  ['advancedThreatProtectionSettings', 'Default', { state: 'Disabled' }],
  ['auditingSettings', 'Default', audit],
  ['connectionPolicies', 'default', { connectionType: 'Default' }],
  ['devOpsAuditingSettings', 'Default', { isAzureMonitorTargetEnabled: false, state: 'Disabled' }],
  [
    'encryptionProtector',
    'current',
    {
      serverKeyName: 'ServiceManaged',
      serverKeyType: 'ServiceManaged',
      autoRotationEnabled: false,
    },
  ],
  ['extendedAuditingSettings', 'Default', audit],
  ['keys', 'ServiceManaged', { serverKeyType: 'ServiceManaged' }],
  ['securityAlertPolicies', 'Default', alerts],
  ['sqlVulnerabilityAssessments', 'Default', { state: 'Disabled' }],
  ['vulnerabilityAssessments', 'Default', scans],
  ['databases/advancedThreatProtectionSettings', 'Default', { state: 'Disabled' }],
  ['databases/auditingSettings', 'Default', audit],
  ['databases/backupLongTermRetentionPolicies', 'default', longTerm()],
  [
    'databases/backupShortTermRetentionPolicies',
    'default',
    { retentionDays: 7, diffBackupIntervalInHours: 12 },
  ],
  ['databases/extendedAuditingSettings', 'Default', audit],
  ['databases/geoBackupPolicies', 'Default', { state: 'Enabled', storageType: 'Premium' }],
  ['databases/ledgerDigestUploads', 'Current', { state: 'Disabled' }],
  ['databases/securityAlertPolicies', 'Default', alerts],
  ['databases/transparentDataEncryption', 'Current', { state: 'Enabled' }],
  ['databases/vulnerabilityAssessments', 'Default', scans],
];

function longTerm(): Properties {
  return {
    weeklyRetention: 'PT0S',
    monthlyRetention: 'PT0S',
    yearlyRetention: 'PT0S',
    weekOfYear: 0,
  };
}

/** Pretend: kept and shown, not heeded. */
export const sqlSettings: readonly ((services: ProviderServices) => ResourceProvider)[] =
  settings.map(([path, name, initial]) => () => ({
    type: `Microsoft.Sql/servers/${path}`,
    apiVersions: SQL_API_VERSIONS,
    listed: false,
    defaultNames: [name],
    put: ({ body, existing }) => {
      // Azure: keys are taken and never shown. https://learn.microsoft.com/rest/api/sql/server-blob-auditing-policies
      const { storageAccountAccessKey, storageContainerSasKey, ...given } = body.properties ?? {};
      return { properties: { ...initial, ...existing?.properties, ...given } };
    },
    read: (id) =>
      id.name.toLowerCase() === name.toLowerCase() ? { properties: initial } : undefined,
  }));

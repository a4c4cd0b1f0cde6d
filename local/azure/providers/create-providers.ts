import { apiManagementCertificates } from './api-management-certificates.ts';
import { apiManagementNamedValues } from './api-management-named-values.ts';
import { apiManagementServices } from './api-management-services.ts';
import { authorizationRules } from './authorization-rules.ts';
import { basicPublishingCredentialsPolicies } from './basic-publishing-credentials-policies.ts';
import { blobContainers } from './blob-containers.ts';
import { components } from './components.ts';
import { consumerGroups } from './consumer-groups.ts';
import { deploymentScriptLogs, deploymentScripts } from './deployment-scripts.ts';
import { diagnosticSettings } from './diagnostic-settings.ts';
import { eventHubNamespaces } from './event-hub-namespaces.ts';
import { eventHubs } from './event-hubs.ts';
import { federatedIdentityCredentials } from './federated-identity-credentials.ts';
import { disasterRecoveryConfigs } from './geo-disaster-recovery.ts';
import { identities } from './identities.ts';
import { locks } from './locks.ts';
import { networkInterfaces } from './network-interfaces.ts';
import { eventHubNetworkRuleSets, serviceBusNetworkRuleSets } from './network-rule-sets.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { resourceGroups } from './resource-groups.ts';
import { roleAssignments } from './role-assignments.ts';
import { roleDefinitions } from './role-definitions.ts';
import { serverFarms } from './server-farms.ts';
import { serviceBusNamespaces } from './service-bus-namespaces.ts';
import { serviceBusQueues } from './service-bus-queues.ts';
import { serviceBusRules } from './service-bus-rules.ts';
import { serviceBusSubscriptions } from './service-bus-subscriptions.ts';
import { serviceBusTopics } from './service-bus-topics.ts';
import { siteConfigs } from './site-config.ts';
import { siteSlots } from './site-slots.ts';
import { sites } from './sites.ts';
import { sqlAdministrators, sqlEntraOnlyAuthentications } from './sql-administrators.ts';
import { sqlDatabases } from './sql-databases.ts';
import { sqlFirewallRules } from './sql-firewall-rules.ts';
import { sqlServers } from './sql-servers.ts';
import { sqlSettings } from './sql-settings.ts';
import { storageAccounts } from './storage-accounts.ts';
import { blobServices, fileServices, queueServices, tableServices } from './storage-services.ts';
import { userAssignedIdentities } from './user-assigned-identities.ts';
import { vaultSecrets } from './vault-secrets.ts';
import { vaults } from './vaults.ts';
import { virtualMachines } from './virtual-machines.ts';
import { virtualNetworks } from './virtual-networks.ts';
import { workspaces } from './workspaces.ts';

/** Every resource type that the embedded Azure knows; one line makes a new one known. */
const factories: readonly ((services: ProviderServices) => ResourceProvider)[] = [
  resourceGroups,
  roleAssignments,
  roleDefinitions,
  locks,
  userAssignedIdentities,
  federatedIdentityCredentials,
  identities,
  vaults,
  vaultSecrets,
  storageAccounts,
  blobServices,
  blobContainers,
  queueServices,
  tableServices,
  fileServices,
  serverFarms,
  sites,
  siteSlots,
  ...siteConfigs,
  ...basicPublishingCredentialsPolicies,
  workspaces,
  components,
  diagnosticSettings,
  serviceBusNamespaces,
  serviceBusQueues,
  serviceBusTopics,
  serviceBusSubscriptions,
  serviceBusRules,
  serviceBusNetworkRuleSets,
  eventHubNamespaces,
  eventHubs,
  consumerGroups,
  eventHubNetworkRuleSets,
  sqlServers,
  sqlAdministrators,
  sqlEntraOnlyAuthentications,
  sqlDatabases,
  sqlFirewallRules,
  ...sqlSettings,
  apiManagementServices,
  ...apiManagementNamedValues,
  ...apiManagementCertificates,
  deploymentScripts,
  deploymentScriptLogs,
  virtualMachines,
  virtualNetworks,
  networkInterfaces,
  ...authorizationRules,
  ...disasterRecoveryConfigs,
];

/** By lower-case type. */
export function createProviders(services: ProviderServices): ReadonlyMap<string, ResourceProvider> {
  return new Map(
    factories.map((create) => {
      const provider = create(services);
      return [provider.type.toLowerCase(), provider];
    }),
  );
}

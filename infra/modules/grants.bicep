// What one principal may do, each role on the smallest scope that serves; nothing else is granted.
// A file of its own, because a user-assigned identity gets its grants before the app exists and a
// system-assigned one after: main.bicep calls it at the one place or the other, and once more for a developer.

import { roles } from '../roles.bicep'
import { messagingTargets } from 'messaging-grants.bicep'

@export()
@description('Names of everything that is granted on.')
type grantTargets = {
  @description('Name of the vault.')
  vault: string

  @description('Name of the secret that may be read.')
  secret: string

  @description('Storage account of the app\'s own data.')
  dataAccount: string

  @description('Container of that account that keeps the state of the scan.')
  scanStateContainer: string

  @description('Storage account of the Functions host.')
  hostAccount: string

  @description('Application Insights component.')
  component: string

  @description('Namespaces of Service Bus and Event Hubs with what is in them; null where there are none.')
  messaging: messagingTargets?
}

@description('Required. Object id of the principal (not its client id: role assignments know only object ids).')
param principalId string

@description('Required. What the principal is. Without it Azure looks the principal up, and may not find an identity made a moment ago (PrincipalNotFound).')
@allowed(['ServicePrincipal', 'User'])
param principalType string

@description('Required. Goes into the names of the assignments: resource id of the identity, or object id of the person. (The object id of an identity is not known when names are settled.)')
param principalKey string

@description('Required. What is granted on.')
param targets grantTargets

@description('Required. Whether the principal runs the Functions host, and so needs the host\'s grants too.')
param runsHost bool

@description('Required. Whether the host gets Data Owner where it is triggered by Service Bus; see messaging-grants.bicep.')
param scaleByOwner bool

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: targets.vault

  resource secret 'secrets' existing = {
    name: targets.secret
  }
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: targets.dataAccount

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource scanState 'containers' existing = {
      name: targets.scanStateContainer
    }
  }
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: targets.hostAccount
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: targets.component
}

resource readsResources 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalKey, roles.reader)
  properties: {
    description: 'scanResources lists the resources of this group.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.reader)
  }
}

resource readsSecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault::secret.id, principalKey, roles.keyVaultSecretsUser)
  scope: vault::secret
  properties: {
    description: 'readSecret reads this one secret, not the vault.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
  }
}

resource keepsScanState 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataAccount::blobs::scanState.id, principalKey, roles.storageBlobDataContributor)
  scope: dataAccount::blobs::scanState
  properties: {
    description: 'scanResources keeps its checkpoint and its report in this container, and getScan reads the report.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageBlobDataContributor
    )
  }
}

// The whole account: the host makes containers of its own in it, and Blob Data Owner is the least that its
// documentation allows. It covers the deployed package as well. No queue or table role: only blob triggers need
// queues, and tables only hold the host's diagnostic events, which are done without here.
// https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
resource runsOnHostStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (runsHost) {
  name: guid(hostAccount.id, principalKey, roles.storageBlobDataOwner)
  scope: hostAccount
  properties: {
    description: 'The Functions host keeps its timer locks, its keys and the deployed package in this account.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataOwner)
  }
}

resource sendsTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (runsHost) {
  name: guid(component.id, principalKey, roles.monitoringMetricsPublisher)
  scope: component
  properties: {
    description: 'The Functions host sends its telemetry to this component.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.monitoringMetricsPublisher
    )
  }
}

module messagingGrants 'messaging-grants.bicep' = if (targets.?messaging != null) {
  params: {
    principalId: principalId
    principalType: principalType
    principalKey: principalKey
    targets: targets.?messaging!
    dataAccountName: targets.dataAccount
    scaleByOwner: runsHost && scaleByOwner
  }
}

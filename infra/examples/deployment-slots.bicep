// The Function App with a deployment slot, each with its own identity and so each with grants of its own.
// It stands by itself: deploy it beside main.bicep, into the group of the vault. Flex Consumption has no slots, so
// the plan is a dedicated one.
targetScope = 'resourceGroup'

metadata name = 'A Function App with a deployment slot'
metadata description = 'Production and a slot, each with an identity of its own, each allowed to read one secret.'

@description('Required. Name of the vault, which is in RBAC mode and in this resource group.')
param vaultName string

@description('Required. Name of the one secret that the app may read.')
param secretName string

@description('Optional. Name of the app. The host takes its id from the first 32 characters of app and slot, which must not be the same for both.')
@minLength(2)
@maxLength(24)
param name string = 'func-slots-${uniqueString(resourceGroup().id)}'

@description('Optional. Where the resources are.')
param location string = resourceGroup().location

@description('Optional. Kind of the identities. A system-assigned one is another in each slot; a user-assigned one is shared by both.')
@allowed(['systemAssigned', 'userAssigned'])
param identityKind string = 'systemAssigned'

@description('Optional. Whether the slot gets its grants. Without them it is refused what production may do.')
param grantSlot bool = true

@description('Optional. Size of the plan: one that has slots.')
@allowed(['S1', 'P0v3', 'P1v3'])
param planSize string = 'S1'

@description('Optional. Tags of the resources.')
param tags object = {}

var userAssigned = identityKind == 'userAssigned'
var slotName = 'staging'
var hostAccountName = 'stslots${uniqueString(resourceGroup().id, name)}'
var scanStateContainer = 'scan-state'

// Identities don't swap and settings do: what names an identity, or says what a slot may start, stays with its slot.
var slotSettingNames = [
  'IDENTITY_KIND'
  'AZURE_CLIENT_ID'
  'AzureWebJobsStorage__clientId'
  'AzureWebJobs.scanResources.Disabled'
]

var appSettings = [
  { name: 'FUNCTIONS_EXTENSION_VERSION', value: '~4' }
  { name: 'FUNCTIONS_WORKER_RUNTIME', value: 'node' }
  { name: 'WEBSITE_RUN_FROM_PACKAGE', value: '1' }
  { name: 'AzureWebJobsStorage__blobServiceUri', value: hostStorage.outputs.blobEndpoint }
  { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
  { name: 'IDENTITY_KIND', value: identityKind }
  { name: 'KEY_VAULT_URL', value: vault.properties.vaultUri }
  // The scan is main.bicep's business: here nothing is granted for it, so it is off. A slot runs its triggers too.
  { name: 'AzureWebJobs.scanResources.Disabled', value: 'true' }
  { name: 'SCAN_SCHEDULE', value: '0 */5 * * * *' }
  { name: 'SCAN_SCOPES', value: resourceGroup().id }
  { name: 'SCAN_LOOKBACK', value: 'P1D' }
  { name: 'SCAN_STATE_CONTAINER_URL', value: '${hostStorage.outputs.blobEndpoint}${scanStateContainer}' }
]

var userAssignedSettings = userAssigned
  ? [
      { name: 'AZURE_CLIENT_ID', value: identity!.properties.clientId }
      { name: 'AzureWebJobsStorage__clientId', value: identity!.properties.clientId }
    ]
  : []

var appIdentity = userAssigned
  ? { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  : { type: 'SystemAssigned' }

var siteConfig = {
  linuxFxVersion: 'NODE|24'
  alwaysOn: true
  ftpsState: 'Disabled'
  http20Enabled: true
  minTlsVersion: '1.2'
  scmMinTlsVersion: '1.2'
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (userAssigned) {
  name: 'id-${name}'
  location: location
  tags: tags
}

module hostStorage '../modules/storage-account.bicep' = {
  params: {
    name: hostAccountName
    location: location
    tags: tags
    containers: [scanStateContainer]
  }
}

// One identity in both slots: one set of grants, before the app.
module sharedGrants 'deployment-slots/slot-grants.bicep' = if (userAssigned) {
  params: {
    principalId: identity!.properties.principalId
    principalKey: identity.id
    vaultName: vaultName
    secretName: secretName
    hostAccountName: hostAccountName
  }
  dependsOn: [hostStorage]
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'linux'
  sku: { name: planSize }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: appIdentity
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    siteConfig: union(siteConfig, { appSettings: concat(appSettings, userAssignedSettings) })
  }
  dependsOn: [sharedGrants]

  resource slotSettings 'config' = {
    name: 'slotConfigNames'
    properties: { appSettingNames: slotSettingNames }
  }

  // Publishing by user name and password: off for both doors.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

resource slot 'Microsoft.Web/sites/slots@2025-03-01' = {
  parent: app
  name: slotName
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: appIdentity
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    siteConfig: union(siteConfig, { appSettings: concat(appSettings, userAssignedSettings) })
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

// A system-assigned identity exists only with its slot, so its grants come after: until they take effect, calls
// are refused. They are for the slot, whatever code is in it: a swap moves neither identity nor grant.
module productionGrants 'deployment-slots/slot-grants.bicep' = if (!userAssigned) {
  params: {
    principalId: app.identity!.principalId
    principalKey: app.id
    vaultName: vaultName
    secretName: secretName
    hostAccountName: hostAccountName
  }
}

module slotGrants 'deployment-slots/slot-grants.bicep' = if (!userAssigned && grantSlot) {
  params: {
    principalId: slot.identity!.principalId
    principalKey: slot.id
    vaultName: vaultName
    secretName: secretName
    hostAccountName: hostAccountName
  }
}

@description('Name of the app.')
output appName string = app.name

@description('Name of the slot.')
output slotName string = slotName

@description('Address of production.')
output url string = 'https://${app.properties.defaultHostName}'

@description('Address of the slot.')
output slotUrl string = 'https://${slot.properties.defaultHostName}'

@description('Object id of production\'s identity, as role assignments name it.')
output principalId string = userAssigned ? identity!.properties.principalId : app.identity!.principalId

@description('Object id of the slot\'s identity: another one, unless it is user-assigned.')
output slotPrincipalId string = userAssigned ? identity!.properties.principalId : slot.identity!.principalId

// One resource group: a Function App that reaches Resource Manager, Key Vault, Storage, Event Hubs, Service Bus and
// Azure SQL by its managed identity and by nothing else. No key, password or connection string opens anything here.
// Plain resources instead of registry modules: what is granted to whom is the point, and stays readable.
targetScope = 'resourceGroup'

metadata name = 'Azure managed identities'
metadata description = 'A Function App that scans its resource group, publishes and records what it finds, and reads a secret, all by its managed identity.'

import { grantTargets } from 'modules/grants.bicep'
import { messagingTargets } from 'modules/messaging-grants.bicep'
import { databaseTargets, sidOf } from 'modules/database-user.bicep'

@description('Required. Name of the environment. The names of the resources depend on it, and each is tagged with it.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Optional. Where the resources are.')
param location string = resourceGroup().location

@description('Optional. Kind of the app\'s identity. A user-assigned one exists before the app, so its grants do too.')
@allowed(['userAssigned', 'systemAssigned'])
param identityKind string = 'userAssigned'

@description('Optional. When the scan runs, as an NCRONTAB expression of six fields.')
param scanSchedule string = '0 */5 * * * *'

@description('Optional. How far back the first scan looks, as an ISO 8601 duration.')
param scanLookback string = 'P1D'

@description('Optional. How late Resource Manager may list a new resource and the scan still finds it, as an ISO 8601 duration.')
param scanOverlap string = 'PT48H'

@description('Optional. How new resources are found: by ARM\'s list, or by Resource Graph\'s changes, with the list as reconciliation.')
@allowed(['list', 'resourceGraph'])
param scanFeed string = 'list'

@description('Optional. How often the list is read where scanFeed is resourceGraph, as an ISO 8601 duration.')
param scanReconcile string = 'P1D'

@description('Optional. Further scopes to scan, of other subscriptions too: resource ids of groups or subscriptions with commas between them. Reader on each is granted there; see examples/other-subscription.bicep.')
param moreScanScopes string = ''

@description('Optional. Address of a vault elsewhere that secrets are read from; empty for the one that is made here. The grant is made there; see examples/other-subscription.bicep.')
param otherVaultUrl string = ''

@description('Optional. Address of a further API that takes Entra\'s tokens, which callWebApi asks; empty for none.')
param webApiUrl string = ''

@description('Optional. What a token for that API is asked for: its application id URI and /.default.')
param webApiScope string = ''

@description('Optional. Object id of a developer who runs the app on their own machine against these resources; empty for nobody.')
param developerPrincipalId string = ''

@description('Optional. Purge protection of the vault. It can never be switched off again.')
param protect bool = false

@description('Optional. Whether findings go to Event Hubs and Service Bus, and work comes from there.')
param messaging bool = true

@description('Optional. Service Bus Data Owner instead of Receiver for the host, on what triggers it: the platform then scales by the number of messages, and no instance has to be always ready.')
param scaleByOwner bool = false

@description('Optional. Whether findings are recorded in Azure SQL. They come there by way of Service Bus, so without messaging there is no database either.')
param database bool = true

@description('Optional. Whether a deployment script makes the tables and the app\'s user in the database. Azure keeps a storage account with a key for it while it runs. If not, npm run grant-database does the same afterwards.')
param grantDatabaseByScript bool = true

@description('Optional. Object id of who administers the database where no script does; the deployer by default.')
param databaseAdministratorId string = deployer().objectId

@description('Optional. What that administrator is.')
@allowed(['User', 'Group', 'Application'])
param databaseAdministratorType string = 'User'

var scanScopes = empty(moreScanScopes) ? resourceGroup().id : '${resourceGroup().id},${moreScanScopes}'
var userAssigned = identityKind == 'userAssigned'
var tags = { 'azd-env-name': environmentName }
var token = uniqueString(resourceGroup().id, environmentName)
var appName = 'func-${token}'
var packageContainer = 'app-package'
var identityName = 'id-${token}'

// The app's user in the database is called as its identity is.
var databaseUser = userAssigned ? identityName : appName
var withDatabase = messaging && database
var databaseByScript = withDatabase && grantDatabaseByScript
var scriptIdentityName = 'id-sql-${token}'
var scriptName = 'script-sql-${token}'

var databaseNames databaseTargets = {
  server: 'sql-${token}'
  database: 'inventory'
}

var targets grantTargets = {
  vault: 'kv-${token}'
  secret: 'demo'
  dataAccount: 'stdata${token}'
  scanStateContainer: 'scan-state'
  hostAccount: 'sthost${token}'
  component: 'appi-${token}'
  messaging: messaging ? messagingNames : null
}

var messagingNames messagingTargets = {
  serviceBus: 'sb-${token}'
  requestQueue: 'scan-requests'
  rejectedQueue: 'rejected'
  topic: 'new-resources'
  subscription: 'inventory'
  filteredSubscription: 'vaults'
  eventHubs: 'evh-${token}'
  eventHub: 'resource-events'
  consumerGroup: 'archive'
  eventsContainer: 'events'
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (userAssigned) {
  name: identityName
  location: location
  tags: tags
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    workspaceName: 'log-${token}'
    componentName: targets.component
    location: location
    tags: tags
  }
}

module keyVault 'modules/key-vault.bicep' = {
  params: {
    name: targets.vault
    secretName: targets.secret
    location: location
    tags: tags
    protect: protect
  }
}

module hostStorage 'modules/storage-account.bicep' = {
  params: {
    name: targets.hostAccount
    location: location
    tags: tags
    containers: [packageContainer]
  }
}

// An account of its own, so that the app's grant on its data stays apart from what the host needs for itself.
module dataStorage 'modules/storage-account.bicep' = {
  params: {
    name: targets.dataAccount
    location: location
    tags: tags
    containers: concat([targets.scanStateContainer], messaging ? [messagingNames.eventsContainer] : [])
  }
}

module messages 'modules/messaging.bicep' = if (messaging) {
  params: {
    targets: messagingNames
    location: location
    tags: tags
  }
}

module sql 'modules/sql.bicep' = if (withDatabase) {
  params: {
    targets: databaseNames
    scriptIdentityName: grantDatabaseByScript ? scriptIdentityName : ''
    administratorId: databaseAdministratorId
    administratorType: databaseAdministratorType
    location: location
    tags: tags
  }
}

// Grants before the app: its first call already finds them.
module userAssignedGrants 'modules/grants.bicep' = if (userAssigned) {
  params: {
    principalId: identity!.properties.principalId
    principalType: 'ServicePrincipal'
    principalKey: identity.id
    targets: targets
    runsHost: true
    scaleByOwner: scaleByOwner
  }
  dependsOn: [monitoring, keyVault, hostStorage, dataStorage, messages]
}

module userAssignedDatabaseUser 'modules/database-user.bicep' = if (databaseByScript && userAssigned) {
  params: {
    name: scriptName
    location: location
    tags: tags
    scriptIdentityName: scriptIdentityName
    serverHost: sql!.outputs.serverHost
    database: databaseNames.database
    userName: databaseUser
    clientId: identity!.properties.clientId
  }
}

module functionApp 'modules/function-app.bicep' = {
  params: {
    name: appName
    planName: 'plan-${token}'
    location: location
    tags: tags
    userAssignedIdentityId: userAssigned ? identity.id : ''
    userAssignedClientId: userAssigned ? identity!.properties.clientId : ''
    hostBlobEndpoint: hostStorage.outputs.blobEndpoint
    packageContainer: packageContainer
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    keyVaultUrl: empty(otherVaultUrl) ? keyVault.outputs.url : otherVaultUrl
    scanStateContainerUrl: '${dataStorage.outputs.blobEndpoint}${targets.scanStateContainer}'
    scanSchedule: scanSchedule
    scanScopes: scanScopes
    scanLookback: scanLookback
    scanOverlap: scanOverlap
    scanFeed: scanFeed
    scanReconcile: scanReconcile
    webApi: empty(webApiUrl) ? null : { url: webApiUrl, scope: webApiScope }
    messaging: messaging
      ? {
          serviceBusHost: messages!.outputs.serviceBusHost
          topic: messagingNames.topic
          subscription: messagingNames.subscription
          requestQueue: messagingNames.requestQueue
          rejectedQueue: messagingNames.rejectedQueue
          eventHubsHost: messages!.outputs.eventHubsHost
          eventHub: messagingNames.eventHub
          consumerGroup: messagingNames.consumerGroup
          eventsContainerUrl: '${dataStorage.outputs.blobEndpoint}${messagingNames.eventsContainer}'
        }
      : null
    database: withDatabase ? { serverHost: sql!.outputs.serverHost, database: databaseNames.database } : null
    alwaysReady: concat(
      messaging && !scaleByOwner ? [{ name: 'function:scanOnRequest', instanceCount: 1 }] : [],
      withDatabase && !scaleByOwner ? [{ name: 'function:recordResource', instanceCount: 1 }] : []
    )
  }
  dependsOn: [userAssignedGrants, userAssignedDatabaseUser]
}

// Grants after the app, because its identity exists only with it: until they take effect, calls are refused.
module systemAssignedGrants 'modules/grants.bicep' = if (!userAssigned) {
  params: {
    principalId: functionApp.outputs.systemAssignedPrincipalId
    principalType: 'ServicePrincipal'
    principalKey: resourceId('Microsoft.Web/sites', appName)
    targets: targets
    runsHost: true
    scaleByOwner: scaleByOwner
  }
}

module systemAssignedDatabaseUser 'modules/database-user.bicep' = if (databaseByScript && !userAssigned) {
  params: {
    name: scriptName
    location: location
    tags: tags
    scriptIdentityName: scriptIdentityName
    serverHost: sql!.outputs.serverHost
    database: databaseNames.database
    userName: databaseUser
    clientId: functionApp.outputs.systemAssignedClientId
  }
}

module developerGrants 'modules/grants.bicep' = if (!empty(developerPrincipalId)) {
  params: {
    principalId: developerPrincipalId
    principalType: 'User'
    principalKey: developerPrincipalId
    targets: targets
    runsHost: false
    scaleByOwner: false
  }
  dependsOn: [monitoring, keyVault, hostStorage, dataStorage, messages]
}

// azd keeps outputs as environment values, hence the capitals. None is called AZURE_PRINCIPAL_ID or
// AZURE_CLIENT_ID: to azd and to the SDKs those mean the developer.

@description('Name of the Function App.')
output FUNCTION_APP_NAME string = functionApp.outputs.name

@description('Address of the Function App.')
output FUNCTION_APP_URL string = functionApp.outputs.url

@description('Kind of the app\'s identity.')
output APP_IDENTITY_KIND string = identityKind

@description('Object id of the app\'s identity, as role assignments name it.')
output APP_IDENTITY_PRINCIPAL_ID string = userAssigned
  ? identity!.properties.principalId
  : functionApp.outputs.systemAssignedPrincipalId

@description('Address of the vault that secrets are read from.')
output KEY_VAULT_URL string = empty(otherVaultUrl) ? keyVault.outputs.url : otherVaultUrl

@description('Resource ids of the scopes that are scanned.')
output SCAN_SCOPES string = scanScopes

@description('Address of the container that keeps the state of the scan.')
output SCAN_STATE_CONTAINER_URL string = '${dataStorage.outputs.blobEndpoint}${targets.scanStateContainer}'

@description('Host name of the Service Bus namespace; empty without messaging.')
output SERVICE_BUS_NAMESPACE string = messaging ? messages!.outputs.serviceBusHost : ''

@description('Host name of the Event Hubs namespace; empty without messaging.')
output EVENT_HUBS_NAMESPACE string = messaging ? messages!.outputs.eventHubsHost : ''

@description('Host name of the SQL server; empty without database.')
output SQL_SERVER string = withDatabase ? sql!.outputs.serverHost : ''

@description('Name of the database; empty without database.')
output SQL_DATABASE string = withDatabase ? databaseNames.database : ''

@description('Name of the app\'s user in the database.')
output DATABASE_USER string = databaseUser

@description('SID of the app\'s user in the database.')
output DATABASE_USER_SID string = sidOf(userAssigned
  ? identity!.properties.clientId
  : functionApp.outputs.systemAssignedClientId)

@description('Whether the deployment has made what is in the database; if not, npm run grant-database does.')
output DATABASE_GRANTED bool = databaseByScript

// The Function App on Flex Consumption, and the one place where its settings are named.
// Flex refuses FUNCTIONS_WORKER_RUNTIME, FUNCTIONS_EXTENSION_VERSION, WEBSITE_RUN_FROM_PACKAGE and
// WEBSITE_CONTENT*: what they say elsewhere stands in functionAppConfig.
// https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations

@description('Required. Name of the app: at most 32 characters, because the host takes its id from the first 32.')
@minLength(2)
@maxLength(32)
param name string

@description('Required. Name of the plan.')
@maxLength(60)
param planName string

@description('Required. Where app and plan are.')
param location string

@description('Required. Tags of app and plan.')
param tags object

@description('Required. Resource id of the user-assigned identity; empty for the app\'s own, system-assigned one.')
param userAssignedIdentityId string

@description('Required. Client id of the user-assigned identity; empty for a system-assigned one.')
param userAssignedClientId string

@description('Required. Address of the blob service of the host\'s storage account, with a slash at its end.')
param hostBlobEndpoint string

@description('Required. Container of the host\'s storage account that holds the deployed package.')
param packageContainer string

@description('Required. Where telemetry goes.')
param applicationInsightsConnectionString string

@description('Required. Address of the vault that the app reads.')
param keyVaultUrl string

@description('Required. Address of the container that keeps the state of the scan.')
param scanStateContainerUrl string

@description('Required. When the scan runs, as an NCRONTAB expression of six fields.')
param scanSchedule string

@description('Required. Resource ids of the scopes to scan, separated by commas.')
param scanScopes string

@description('Required. How far the first scan looks back, as an ISO 8601 duration.')
param scanLookback string

@description('Required. How late Resource Manager may list a resource and it is still found, as an ISO 8601 duration.')
param scanOverlap string

@description('Required. How new resources are found.')
@allowed(['list', 'resourceGraph'])
param scanFeed string

@description('Required. How often the list is read where scanFeed is resourceGraph, as an ISO 8601 duration.')
param scanReconcile string

@export()
@description('Where messages come from and go to, as app settings name it.')
type messagingSettings = {
  @description('Host name of the Service Bus namespace.')
  serviceBusHost: string

  @description('Topic of new resources.')
  topic: string

  @description('Subscription of the topic.')
  subscription: string

  @description('Queue of the scans that are asked for.')
  requestQueue: string

  @description('Queue of the messages that can never succeed.')
  rejectedQueue: string

  @description('Host name of the Event Hubs namespace.')
  eventHubsHost: string

  @description('Event hub.')
  eventHub: string

  @description('Consumer group of the hub.')
  consumerGroup: string

  @description('Address of the container that keeps the stream.')
  eventsContainerUrl: string
}

@description('Required. Where messages come from and go to; null where there are none.')
param messaging messagingSettings?

@description('Required. Server (host name) and database of the inventory; null where there is none.')
param database { serverHost: string, database: string }?

@description('Required. A further API that takes Entra\'s tokens, and what a token for it is asked for; null where there is none.')
param webApi { url: string, scope: string }?

@description('Required. How many instances of which functions are always ready, whatever the platform can see of their queues.')
param alwaysReady { name: string, instanceCount: int }[]

var userAssigned = !empty(userAssignedIdentityId)

// Read by shared/settings.ts.
var appSettings = [
  { name: 'IDENTITY_KIND', value: userAssigned ? 'userAssigned' : 'systemAssigned' }
  { name: 'KEY_VAULT_URL', value: keyVaultUrl }
  { name: 'SCAN_SCHEDULE', value: scanSchedule }
  { name: 'SCAN_SCOPES', value: scanScopes }
  { name: 'SCAN_LOOKBACK', value: scanLookback }
  { name: 'SCAN_OVERLAP', value: scanOverlap }
  { name: 'SCAN_FEED', value: scanFeed }
  { name: 'SCAN_RECONCILE', value: scanReconcile }
  { name: 'SCAN_STATE_CONTAINER_URL', value: scanStateContainerUrl }
]

var messagingAppSettings = messaging == null
  ? []
  : [
      { name: 'SERVICE_BUS_NAMESPACE', value: messaging!.serviceBusHost }
      { name: 'SERVICE_BUS_TOPIC', value: messaging!.topic }
      { name: 'SERVICE_BUS_SUBSCRIPTION', value: messaging!.subscription }
      { name: 'SERVICE_BUS_REQUEST_QUEUE', value: messaging!.requestQueue }
      { name: 'SERVICE_BUS_REJECTED_QUEUE', value: messaging!.rejectedQueue }
      { name: 'EVENT_HUBS_NAMESPACE', value: messaging!.eventHubsHost }
      { name: 'EVENT_HUB', value: messaging!.eventHub }
      { name: 'EVENT_HUBS_CONSUMER_GROUP', value: messaging!.consumerGroup }
      { name: 'EVENTS_CONTAINER_URL', value: messaging!.eventsContainerUrl }
    ]

var databaseAppSettings = database == null
  ? []
  : [
      { name: 'SQL_SERVER', value: database!.serverHost }
      { name: 'SQL_DATABASE', value: database!.database }
    ]

var webApiAppSettings = webApi == null
  ? []
  : [
      { name: 'WEB_API_URL', value: webApi!.url }
      { name: 'WEB_API_SCOPE', value: webApi!.scope }
    ]

// Read by the Functions host. Only blobs: timer locks and keys live there, and no trigger of ours needs a queue or table.
var hostSettings = [
  { name: 'AzureWebJobsStorage__blobServiceUri', value: hostBlobEndpoint }
  { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: applicationInsightsConnectionString }
  {
    name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
    value: userAssigned ? 'ClientId=${userAssignedClientId};Authorization=AAD' : 'Authorization=AAD'
  }
]

// Read by the triggers: each names its connection by the part before the two underscores.
var messagingHostSettings = messaging == null
  ? []
  : [
      { name: 'ServiceBusConnection__fullyQualifiedNamespace', value: messaging!.serviceBusHost }
      { name: 'ServiceBusConnection__credential', value: 'managedidentity' }
      { name: 'EventHubsConnection__fullyQualifiedNamespace', value: messaging!.eventHubsHost }
      { name: 'EventHubsConnection__credential', value: 'managedidentity' }
    ]

// An app may have several user-assigned identities, so each reader must be told which one to use.
var userAssignedSettings = [
  { name: 'AZURE_CLIENT_ID', value: userAssignedClientId }
  { name: 'AzureWebJobsStorage__clientId', value: userAssignedClientId }
]

var userAssignedMessagingSettings = [
  { name: 'ServiceBusConnection__clientId', value: userAssignedClientId }
  { name: 'EventHubsConnection__clientId', value: userAssignedClientId }
]

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  // azd finds the app of a service by this tag.
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: userAssigned
    ? { type: 'UserAssigned', userAssignedIdentities: { '${userAssignedIdentityId}': {} } }
    : { type: 'SystemAssigned' }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      appSettings: concat(
        appSettings,
        messagingAppSettings,
        databaseAppSettings,
        webApiAppSettings,
        hostSettings,
        messagingHostSettings,
        userAssigned ? userAssignedSettings : [],
        userAssigned && messaging != null ? userAssignedMessagingSettings : []
      )
    }
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: 40
        alwaysReady: alwaysReady
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostBlobEndpoint}${packageContainer}'
          authentication: userAssigned
            ? { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: userAssignedIdentityId }
            : { type: 'SystemAssignedIdentity' }
        }
      }
    }
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

// Here alone Azure tells the client id of a system-assigned identity.
resource ownIdentity 'Microsoft.ManagedIdentity/identities@2023-01-31' existing = if (!userAssigned) {
  name: 'default'
  scope: app
}

@description('Name of the app.')
output name string = app.name

@description('Address of the app.')
output url string = 'https://${app.properties.defaultHostName}'

@description('Principal id of the system-assigned identity; empty with a user-assigned one.')
output systemAssignedPrincipalId string = userAssigned ? '' : app.identity.principalId

@description('Client id of the system-assigned identity; empty with a user-assigned one.')
output systemAssignedClientId string = userAssigned ? '' : ownIdentity!.properties.clientId

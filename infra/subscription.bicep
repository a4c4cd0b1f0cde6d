// For azd: the resource group, and main.bicep in it.
targetScope = 'subscription'

@description('Required. Name of the environment. The resource group is called rg- and this.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Required. Where the resource group and its resources are.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Optional. Kind of the app\'s identity.')
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

@description('Optional. Further scopes to scan, of other subscriptions too: resource ids of groups or subscriptions with commas between them.')
param moreScanScopes string = ''

@description('Optional. Address of a vault elsewhere that secrets are read from; empty for the one that is made here.')
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

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: { 'azd-env-name': environmentName }
}

module main 'main.bicep' = {
  scope: group
  params: {
    environmentName: environmentName
    location: location
    identityKind: identityKind
    scanSchedule: scanSchedule
    scanLookback: scanLookback
    scanOverlap: scanOverlap
    scanFeed: scanFeed
    scanReconcile: scanReconcile
    webApiUrl: webApiUrl
    webApiScope: webApiScope
    moreScanScopes: moreScanScopes
    otherVaultUrl: otherVaultUrl
    developerPrincipalId: developerPrincipalId
    protect: protect
    messaging: messaging
    scaleByOwner: scaleByOwner
    database: database
    grantDatabaseByScript: grantDatabaseByScript
    databaseAdministratorId: databaseAdministratorId
    databaseAdministratorType: databaseAdministratorType
  }
}

@description('Name of the resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the Function App.')
output FUNCTION_APP_NAME string = main.outputs.FUNCTION_APP_NAME

@description('Address of the Function App.')
output FUNCTION_APP_URL string = main.outputs.FUNCTION_APP_URL

@description('Kind of the app\'s identity.')
output APP_IDENTITY_KIND string = main.outputs.APP_IDENTITY_KIND

@description('Object id of the app\'s identity, as role assignments name it.')
output APP_IDENTITY_PRINCIPAL_ID string = main.outputs.APP_IDENTITY_PRINCIPAL_ID

@description('Address of the vault that secrets are read from.')
output KEY_VAULT_URL string = main.outputs.KEY_VAULT_URL

@description('Resource ids of the scopes that are scanned.')
output SCAN_SCOPES string = main.outputs.SCAN_SCOPES

@description('Address of the container that keeps the state of the scan.')
output SCAN_STATE_CONTAINER_URL string = main.outputs.SCAN_STATE_CONTAINER_URL

@description('Host name of the Service Bus namespace; empty without messaging.')
output SERVICE_BUS_NAMESPACE string = main.outputs.SERVICE_BUS_NAMESPACE

@description('Host name of the Event Hubs namespace; empty without messaging.')
output EVENT_HUBS_NAMESPACE string = main.outputs.EVENT_HUBS_NAMESPACE

@description('Host name of the SQL server; empty without database.')
output SQL_SERVER string = main.outputs.SQL_SERVER

@description('Name of the database; empty without database.')
output SQL_DATABASE string = main.outputs.SQL_DATABASE

@description('Name of the app\'s user in the database.')
output DATABASE_USER string = main.outputs.DATABASE_USER

@description('SID of the app\'s user in the database.')
output DATABASE_USER_SID string = main.outputs.DATABASE_USER_SID

@description('Whether the deployment has made what is in the database; if not, npm run grant-database does.')
output DATABASE_GRANTED bool = main.outputs.DATABASE_GRANTED

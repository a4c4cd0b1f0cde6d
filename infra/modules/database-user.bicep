// The app's user in the database, and all that is in the database: the files of infra/sql, run by a deployment script as
// the server's administrator. A file of its own, as grants.bicep: a user-assigned identity gets its user before the app
// exists, a system-assigned one after. Without the script `npm run grant-database` runs the same files.

@export()
@description('Names of the SQL server and of its database.')
type databaseTargets = {
  @description('Server.')
  server: string

  @description('Database of the inventory.')
  database: string
}

@export()
@description('SID of the database user of an application, by its client id: the bytes of the GUID as Windows stores them, with its first three groups reversed. By its object id the user would be made, and could never log in.')
func sidOf(clientId string) string =>
  '0x${toUpper('${substring(clientId, 6, 2)}${substring(clientId, 4, 2)}${substring(clientId, 2, 2)}${substring(clientId, 0, 2)}${substring(clientId, 11, 2)}${substring(clientId, 9, 2)}${substring(clientId, 16, 2)}${substring(clientId, 14, 2)}${substring(clientId, 19, 4)}${substring(clientId, 24, 12)}')}'

@description('Required. Name of the script.')
param name string

@description('Required. Where the script runs.')
param location string

@description('Required. Tags of the script.')
param tags object

@description('Required. Name of the identity that administers the server.')
param scriptIdentityName string

@description('Required. Host name of the server.')
param serverHost string

@description('Required. Name of the database.')
param database string

@description('Required. Name of the user: that of the app\'s identity.')
param userName string

@description('Required. Client id of the app\'s identity (not its object id: see sidOf).')
param clientId string

// Each file is one batch, and can be run again.
var batches = [
  loadTextContent('../sql/01-schema.sql')
  loadTextContent('../sql/02-resource-table.sql')
  loadTextContent('../sql/03-record-resource.sql')
  loadTextContent('../sql/04-summarize-resources.sql')
  replace(replace(loadTextContent('../sql/05-user.sql'), '$(UserName)', userName), '$(UserSid)', sidOf(clientId))
]

resource scriptIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: scriptIdentityName
}

// Azure runs it in a container of its own, and makes a storage account for it that opens by a key; both are gone when
// the script has ended. Where a policy forbids such an account: grantDatabaseByScript.
// https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-script-template
resource script 'Microsoft.Resources/deploymentScripts@2023-08-01' = {
  name: name
  location: location
  tags: tags
  kind: 'AzurePowerShell'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${scriptIdentity.id}': {} } }
  properties: {
    azPowerShellVersion: '15.0'
    scriptContent: loadTextContent('../sql/run-batches.ps1')
    environmentVariables: [
      { name: 'SQL_SERVER', value: serverHost }
      { name: 'SQL_DATABASE', value: database }
      { name: 'SQL_BATCHES', value: string(batches) }
    ]
    cleanupPreference: 'Always'
    // Then Azure forgets the script, and the next deployment runs it again. Until then only when something has changed.
    retentionInterval: 'PT1H'
    timeout: 'PT15M'
  }
}

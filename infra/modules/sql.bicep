// Azure SQL, open to Entra identities alone: no SQL login exists, so there is no password to keep.

import { databaseTargets } from 'database-user.bicep'

@description('Required. Names of the server and of its database.')
param targets databaseTargets

@description('Required. Name of the identity that administers the server for the deployment script; empty where a person does.')
param scriptIdentityName string

@description('Required. Object id of the person, group or application that administers the server where no script identity does.')
param administratorId string

@description('Required. What that administrator is.')
@allowed(['User', 'Group', 'Application'])
param administratorType string

@description('Required. Where server and database are.')
param location string

@description('Required. Tags of server and database.')
param tags object

var byScript = !empty(scriptIdentityName)

// Attached to the deployment script and to nothing else, so nobody can act as the server's administrator at other times.
resource scriptIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (byScript) {
  name: scriptIdentityName
  location: location
  tags: tags
}

resource server 'Microsoft.Sql/servers@2025-01-01' = {
  name: targets.server
  location: location
  tags: tags
  properties: {
    // Azure: here the SID is the object id; that of a user in the database is the client id (database-user.bicep).
    administrators: {
      administratorType: 'ActiveDirectory'
      azureADOnlyAuthentication: true
      login: byScript ? scriptIdentityName : 'database-administrator'
      principalType: byScript ? 'Application' : administratorType
      sid: byScript ? scriptIdentity!.properties.principalId : administratorId
      tenantId: tenant().tenantId
    }
    minimalTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }

  // Whatever runs in Azure may knock, of any tenant: app and deployment script have no fixed address without a network
  // of their own. Who has no user in the database is not let in. No address outside of Azure may.
  resource fromAzure 'firewallRules' = {
    name: 'AllowAllWindowsAzureIps'
    properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
  }

  // Serverless: a database that nobody asks sleeps after an hour and costs its storage alone. The first call that wakes
  // it is refused (40613), and the app asks again.
  resource database 'databases' = {
    name: targets.database
    location: location
    tags: tags
    sku: { name: 'GP_S_Gen5', tier: 'GeneralPurpose', family: 'Gen5', capacity: 1 }
    properties: {
      autoPauseDelay: 60
      collation: 'SQL_Latin1_General_CP1_CI_AS'
      maxSizeBytes: 2147483648
      minCapacity: json('0.5')
      requestedBackupStorageRedundancy: 'Local'
      zoneRedundant: false
    }
  }
}

@description('Host name of the server.')
output serverHost string = server.properties.fullyQualifiedDomainName

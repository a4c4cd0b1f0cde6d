// What one principal that runs the app may do: read one secret, and keep the Functions host's own blobs.
// A file of its own, because a user-assigned identity gets its grants before the app and a system-assigned one after.

import { roles } from '../../roles.bicep'

@description('Required. Object id of the principal.')
param principalId string

@description('Required. Goes into the names of the assignments: resource id of whose identity it is.')
param principalKey string

@description('Required. Name of the vault.')
param vaultName string

@description('Required. Name of the one secret that may be read.')
param secretName string

@description('Required. Storage account of the Functions host.')
param hostAccountName string

var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
var blobDataOwner = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataOwner)

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName

  resource secret 'secrets' existing = {
    name: secretName
  }
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostAccountName
}

resource readsSecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault::secret.id, principalKey, secretsUser)
  scope: vault::secret
  properties: {
    description: 'readSecret reads this one secret, not the vault.'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
resource runsOnHostStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hostAccount.id, principalKey, blobDataOwner)
  scope: hostAccount
  properties: {
    description: 'The Functions host keeps its locks and keys in this account.'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: blobDataOwner
  }
}

// Key Vault Secrets User on one secret of a vault in the resource group that this is deployed to.

import { roles } from '../../roles.bicep'

@description('Required. Object id of the identity.')
param principalId string

@description('Required. Name of the vault; it must know role assignments (enableRbacAuthorization).')
param vaultName string

@description('Required. Name of the secret.')
param secretName string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName

  resource secret 'secrets' existing = {
    name: secretName
  }
}

resource readsSecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault::secret.id, principalId, roles.keyVaultSecretsUser)
  scope: vault::secret
  properties: {
    description: 'An app of another subscription reads this one secret, not the vault.'
    principalId: principalId
    principalType: 'ServicePrincipal'
    // Of the subscription that this is deployed to, not of the app's.
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
  }
}

@description('Address of the vault, with a slash at its end.')
output vaultUrl string = vault.properties.vaultUri

// For trying other-subscription.bicep out: what somebody else may have in their subscription, a vault with a secret.
targetScope = 'resourceGroup'

metadata name = 'Targets of another subscription'
metadata description = 'A vault with one secret, for an app of another subscription to find and to read.'

@description('Optional. Name of the vault: 3 to 24 characters, unique in Azure.')
@minLength(3)
@maxLength(24)
param vaultName string = 'kv-${uniqueString(resourceGroup().id)}'

@description('Optional. Name of the secret.')
param secretName string = 'demo'

@description('Optional. Where the vault is.')
param location string = resourceGroup().location

module keyVault '../modules/key-vault.bicep' = {
  params: {
    name: vaultName
    secretName: secretName
    location: location
    tags: {}
    protect: false
  }
}

@description('Name of the vault.')
output VAULT_NAME string = vaultName

@description('Address of the vault, with a slash at its end.')
output KEY_VAULT_URL string = keyVault.outputs.url

// Targets in another subscription of the same tenant: an identity that exists gets Reader on a resource group there,
// for the scan, and Key Vault Secrets User on one secret there. The identity and its app change in nothing.
// Deployed from the app's own resource group. A role assignment belongs to the subscription of its target, so each
// one is in a module whose scope is the target's group; the deployer needs the right to assign roles there.
targetScope = 'resourceGroup'

metadata name = 'Grants in another subscription'
metadata description = 'Lets an identity scan a resource group, and read one secret, of another subscription of its tenant.'

@description('Required. Object id of the identity: the output APP_IDENTITY_PRINCIPAL_ID of the app\'s deployment.')
param principalId string

@description('Required. Id of the subscription of the targets. Of another tenant it is refused: CrossTenantDeploymentNotPermitted.')
param otherSubscriptionId string

@description('Required. Name of the resource group there that is scanned.')
param scannedGroup string

@description('Optional. Name of the resource group of the vault.')
param vaultGroup string = scannedGroup

@description('Required. Name of the vault.')
param vaultName string

@description('Required. Name of the secret that may be read.')
param secretName string

module readsResources 'other-subscription/group-reader.bicep' = {
  scope: resourceGroup(otherSubscriptionId, scannedGroup)
  params: {
    principalId: principalId
  }
}

module readsSecret 'other-subscription/secret-reader.bicep' = {
  scope: resourceGroup(otherSubscriptionId, vaultGroup)
  params: {
    principalId: principalId
    vaultName: vaultName
    secretName: secretName
  }
}

@description('For the parameter moreScanScopes of main.bicep, or the app setting SCAN_SCOPES.')
output SCAN_SCOPE string = readsResources.outputs.scope

@description('For the parameter otherVaultUrl of main.bicep, or the app setting KEY_VAULT_URL.')
output KEY_VAULT_URL string = readsSecret.outputs.vaultUrl

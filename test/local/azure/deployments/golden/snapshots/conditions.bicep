// Conditions that hold and that don't; a dependency on what is not deployed.
param withVault bool = false
param mode string = 'small'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = if (withVault) {
  name: 'vault-conditional'
  location: resourceGroup().location
  properties: { tenantId: tenant().tenantId, sku: { family: 'A', name: 'standard' } }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (mode == 'small') {
  name: 'identity-${mode}'
  location: resourceGroup().location
  dependsOn: [vault]
}

resource each 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [for i in range(0, 4): if (i % 2 == 1) {
  name: 'odd-${i}'
  location: resourceGroup().location
}]

output vaultUri string = withVault ? vault.?properties.vaultUri ?? '' : 'none'
output sized string? = mode == 'large' ? mode : null

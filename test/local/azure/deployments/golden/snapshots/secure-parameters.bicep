// Secure values; tags of the group; parameters of every type.
@secure()
param password string
@secure()
param settings object = { token: 'abc' }
param flag bool = true
param number int = 7
param items array = [1, 'two', { three: 3 }]
param tags object = resourceGroup().tags

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'kv-secure'
  location: resourceGroup().location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enabledForDeployment: flag
    softDeleteRetentionInDays: number
  }
}

resource secrets 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [for (value, i) in [password, settings.token, string(items)]: {
  parent: vault
  name: 'secret-${i}'
  properties: { value: value }
}]

output uris array = [for i in range(0, 3): secrets[i].properties.secretUri]

// Loops of none, one and several; over objects; nested in properties; serial in batches.
param names array = ['one', 'two', 'three']
param none array = []

var ports = [for port in range(8080, 3): { port: port, label: 'p${port}' }]

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [for (name, i) in names: {
  name: 'id-${name}-${i}'
  location: resourceGroup().location
  tags: { position: string(i), port: ports[i].label }
}]

resource nothing 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [for name in none: {
  name: 'none-${name}'
  location: resourceGroup().location
}]

@batchSize(2)
resource accounts 'Microsoft.Storage/storageAccounts@2024-01-01' = [for i in range(0, 5): {
  name: 'st${i}${uniqueString(resourceGroup().id)}'
  location: resourceGroup().location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    networkAcls: {
      defaultAction: 'Deny'
      ipRules: [for (port, j) in ports: { action: 'Allow', value: '10.${i}.${j}.${port.port}' }]
    }
  }
}]

resource after 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'after'
  location: resourceGroup().location
  tags: { first: identities[0].name }
  dependsOn: [nothing, accounts]
}

output ids array = [for (name, i) in names: identities[i].id]
output endpoints array = [for i in range(0, 2): accounts[i].properties.primaryEndpoints.blob]
output labels array = map(ports, port => port.label)

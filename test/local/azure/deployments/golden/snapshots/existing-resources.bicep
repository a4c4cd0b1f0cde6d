// Existing resources: their properties, keys and identity at run time; a child of one.
resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: 'stexisting' }
resource site 'Microsoft.Web/sites@2024-04-01' existing = { name: 'site' }

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: account
  name: 'default'
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: 'state'
  properties: { publicAccess: 'None', metadata: { endpoint: account.properties.primaryEndpoints.blob } }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'appsettings'
  properties: {
    KEY: account.listKeys().keys[0].value
    PRINCIPAL: site.identity.principalId
    ENDPOINT: 'https://${account.name}.blob.${environment().suffixes.storage}'
    FIRST: first(split(account.properties.primaryEndpoints.blob, '.'))!
  }
}

output location string = account.location

// A vault that knows only role assignments (no access policies), with one sample secret.

@description('Required. Name of the vault: 3 to 24 characters, unique in Azure. A deleted vault keeps its name until it is purged.')
@minLength(3)
@maxLength(24)
param name string

@description('Required. Name of the sample secret.')
param secretName string

@description('Required. Where the vault is.')
param location string

@description('Required. Tags of the vault.')
param tags object

@description('Required. Purge protection. It can never be switched off again, and keeps the name for the whole retention period.')
param protect bool

@description('Optional. Value of the sample secret. Made up by the deployment, so that nobody has to know it.')
@secure()
param secretValue string = newGuid()

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    // Azure: `false` is refused, only `true` or nothing is accepted (Azure/bicep#5223).
    enablePurgeProtection: protect ? true : null
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: 'Enabled'
  }
}

// A second deployment finds the secret and leaves it: without this, each would add a version.
@onlyIfNotExists()
resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: secretName
  properties: {
    value: secretValue
    contentType: 'text/plain'
    attributes: { enabled: true }
  }
}

@description('Address of the vault, with a slash at its end.')
output url string = vault.properties.vaultUri

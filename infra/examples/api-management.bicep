// API Management that uses one secret of a vault that is there already, by its managed identity, in both ways it
// can: as a named value that the service fetches and policies refer to, and as a token that a policy sends with each
// call. It stands by itself: deploy it beside main.bicep, into the group of the vault.
targetScope = 'resourceGroup'

metadata name = 'API Management that uses Key Vault by its identity'
metadata description = 'A service, its identity, the right to read one secret, a named value that is this secret, and an API whose backend is Key Vault.'

import { roles } from '../roles.bicep'

@description('Required. Name of the vault, which is in RBAC mode and in this resource group.')
param vaultName string

@description('Required. Name of the one secret that the service may read. Callers of the API have to know its value.')
param secretName string

@description('Required. Address that the service sends its notices to.')
param publisherEmail string

@description('Optional. Who publishes the API.')
param publisherName string = 'Managed identities'

@description('Optional. Name of the service, unique in Azure.')
@minLength(1)
@maxLength(50)
param name string = 'apim-${uniqueString(resourceGroup().id)}'

@description('Optional. Where the resources are.')
param location string = resourceGroup().location

@description('Optional. Kind of the service\'s identity. A user-assigned one exists before the service, so its grants do too.')
@allowed(['userAssigned', 'systemAssigned'])
param identityKind string = 'userAssigned'

@description('Optional. Host name of the gateway beside its own, with a DNS record that points there; empty for none. With a system-assigned identity it takes two deployments: the first with this left empty.')
param gatewayHostName string = ''

@description('Optional. Vault of the certificate for that host name, in RBAC mode and in this resource group. One of its own, as the right to read the certificate opens every secret beside it.')
param certificateVaultName string = ''

@description('Optional. Name of the certificate in that vault.')
param certificateName string = ''

@description('Optional. Tags of the resources.')
param tags object = {}

var userAssigned = identityKind == 'userAssigned'
var withCertificate = !empty(certificateVaultName)
var vaultSuffix = environment().suffixes.keyvaultDns
var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)

// Key Vault Certificate User: what the documentation asks for, as Secrets User alone does not cover certificates.
// https://learn.microsoft.com/azure/api-management/configure-custom-domain
var certificateUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba'
)

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName

  resource secret 'secrets' existing = {
    name: secretName
  }
}

resource certificateVault 'Microsoft.KeyVault/vaults@2024-11-01' existing = if (withCertificate) {
  name: certificateVaultName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (userAssigned) {
  name: 'id-${name}'
  location: location
  tags: tags
}

resource userAssignedReadsSecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (userAssigned) {
  name: guid(vault::secret.id, identity.id, secretsUser)
  scope: vault::secret
  properties: {
    principalId: identity!.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

resource systemAssignedReadsSecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!userAssigned) {
  name: guid(vault::secret.id, service.id, secretsUser)
  scope: vault::secret
  properties: {
    principalId: service.identity!.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

resource userAssignedReadsCertificate 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (userAssigned && withCertificate) {
  name: guid(certificateVault.id, identity.id, certificateUser)
  scope: certificateVault
  properties: {
    principalId: identity!.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: certificateUser
  }
}

resource systemAssignedReadsCertificate 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!userAssigned && withCertificate) {
  name: guid(certificateVault.id, service.id, certificateUser)
  scope: certificateVault
  properties: {
    principalId: service.identity!.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: certificateUser
  }
}

// Consumption has all that is used here (both kinds of identity, named values from Key Vault, the policies, one host
// name of one's own), is there within minutes and costs nothing while nobody calls. Developer and Basic v2 are paid
// by the hour, and Developer takes half an hour to come.
// https://learn.microsoft.com/azure/api-management/api-management-features
resource service 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Consumption', capacity: 0 }
  identity: userAssigned
    ? { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
    : { type: 'SystemAssigned' }
  properties: {
    publisherEmail: publisherEmail
    publisherName: publisherName
    hostnameConfigurations: empty(gatewayHostName)
      ? []
      : [
          {
            type: 'Proxy'
            hostName: gatewayHostName
            // Without a version, so that a renewed certificate is taken over.
            keyVaultId: 'https://${certificateVaultName}${vaultSuffix}/secrets/${certificateName}'
            identityClientId: userAssigned ? identity!.properties.clientId : null
            defaultSslBinding: true
          }
        ]
  }
  // The certificate is read while the service is made. A system-assigned identity has no grant by then.
  dependsOn: [userAssignedReadsCertificate]
}

// The secret is read while the named value is made: without the grant before it, that is a race, and what loses it
// is the deployment.
resource callerKey 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'caller-key'
  properties: {
    displayName: 'caller-key'
    secret: true
    keyVault: {
      // Without a version: a new one is taken over within four hours, or by refreshSecret.
      secretIdentifier: vault::secret.properties.secretUri
      // A client id, not an object id; none means the system-assigned identity.
      identityClientId: userAssigned ? identity!.properties.clientId : null
    }
  }
  dependsOn: [userAssignedReadsSecret, systemAssignedReadsSecret]
}

// Versions and dates of the secret; its value never passes the gateway. The same right serves: Key Vault Secrets User
// also reads metadata.
resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' = {
  parent: service
  name: 'secret-versions'
  properties: {
    displayName: 'Versions of a secret'
    path: 'secret'
    protocols: ['https']
    serviceUrl: vault::secret.properties.secretUri
    // A key of API Management's own would be one more to keep; the policy asks for one that is kept in the vault.
    subscriptionRequired: false
  }

  resource listVersions 'operations' = {
    name: 'list-versions'
    properties: {
      displayName: 'List versions'
      method: 'GET'
      urlTemplate: '/versions'
    }
  }

  resource policy 'policies' = {
    name: 'policy'
    properties: {
      format: 'rawxml'
      value: replace(
        replace(
          replace(loadTextContent('api-management/policy.xml'), 'CALLER_KEY', callerKey.name),
          'AUDIENCE',
          'https://${substring(vaultSuffix, 1)}'
        ),
        ' client-id="CLIENT_ID"',
        userAssigned ? ' client-id="${identity!.properties.clientId}"' : ''
      )
    }
  }
}

@description('Name of the service.')
output serviceName string = service.name

@description('Address that callers of the API use.')
output apiUrl string = '${service.properties.gatewayUrl}/${api.properties.path}/versions'

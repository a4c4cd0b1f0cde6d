// An API of your own that takes Entra's tokens, as main.bicep's callWebApi can call it: a small Function App behind
// App Service authentication, which answers 401 without a token for its registration, and 403 to a caller it does
// not name. Flex Consumption as in main.bicep. It stands by itself; the registration is made beforehand, as an
// application of the tenant is no resource: docs/protected-api.md.
targetScope = 'resourceGroup'

metadata name = 'An API behind App Service authentication'
metadata description = 'A Function App that lets exactly the named identities in, with tokens for its own registration.'

import { roles } from '../roles.bicep'

@description('Required. Application (client) id of the API\'s registration, whose application id URI is api://<client id>.')
@minLength(36)
@maxLength(36)
param clientId string

// At least one: an empty list asks for nobody, and so lets everybody of the tenant in. At most 13: App Service takes
// 500 characters of ids.
@description('Required. Object ids of the identities that may call: principal ids, not client ids.')
@minLength(1)
@maxLength(13)
param callerPrincipalIds string[]

@description('Optional. Name of the app, unique in Azure. The names of what belongs to it depend on it.')
@minLength(2)
@maxLength(32)
param name string = 'func-api-${uniqueString(resourceGroup().id)}'

@description('Optional. Where the resources are.')
param location string = resourceGroup().location

@description('Optional. Tags of the resources.')
param tags object = {}

var audience = 'api://${clientId}'
var packageContainer = 'app-package'
var accountName = 'stapi${uniqueString(resourceGroup().id, name)}'
var blobDataOwner = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataOwner)

// The API's own identity, for its host's storage. Callers have theirs.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${name}'
  location: location
  tags: tags
}

module storage '../modules/storage-account.bicep' = {
  params: {
    name: accountName
    location: location
    tags: tags
    containers: [packageContainer]
  }
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName
}

resource runsOnHostStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, identity.id, roles.storageBlobDataOwner)
  scope: account
  properties: {
    description: 'The Functions host keeps its keys and the deployed package in this account.'
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: blobDataOwner
  }
  dependsOn: [storage]
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource api 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      appSettings: [
        { name: 'AzureWebJobsStorage__blobServiceUri', value: storage.outputs.blobEndpoint }
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'AzureWebJobsStorage__clientId', value: identity.properties.clientId }
      ]
    }
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40 }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.outputs.blobEndpoint}${packageContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
    }
  }
  dependsOn: [runsOnHostStorage]

  // Publishing by user name and password: off for both doors.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource authentication 'config' = {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true }
      // For programs: a redirect to a page for people would look to them like an answer.
      globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'Return401' }
      httpSettings: { requireHttps: true }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          // No clientSecretSettingName: a secret is for signing people in, and to check a token takes none.
          registration: {
            clientId: clientId
            // The issuer of tokens of version 1.0, which is what identities get for a registration that does not
            // ask for another (requestedAccessTokenVersion null); with /v2.0 behind it they would all be 401.
            openIdIssuer: 'https://sts.windows.net/${tenant().tenantId}/'
          }
          validation: {
            allowedAudiences: [audience]
            // The grant. Entra gives a token for this audience to every identity of the tenant that asks, unless the
            // application requires assignment: a good token tells who calls, not that they may.
            // https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad#use-a-built-in-authorization-policy
            defaultAuthorizationPolicy: {
              allowedPrincipals: { identities: callerPrincipalIds }
            }
          }
        }
      }
      login: { tokenStore: { enabled: false } }
    }
  }
}

@description('Name of the app.')
output API_NAME string = api.name

@description('Address of the API, for the beginning of main.bicep\'s webApiUrl.')
output API_URL string = 'https://${api.properties.defaultHostName}'

@description('What a token for the API is asked for: main.bicep\'s webApiScope.')
output API_SCOPE string = '${audience}/.default'

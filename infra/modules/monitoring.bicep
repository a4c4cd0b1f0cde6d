// Application Insights over a Log Analytics workspace. Both take Entra tokens only.

@description('Required. Name of the Log Analytics workspace.')
@minLength(4)
@maxLength(63)
param workspaceName string

@description('Required. Name of the Application Insights component.')
@maxLength(260)
param componentName string

@description('Required. Where both are.')
param location string

@description('Required. Tags of both.')
param tags object

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    features: { disableLocalAuth: true }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: componentName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    // The instrumentation key in the connection string then only names the component: it opens nothing.
    DisableLocalAuth: true
  }
}

@description('Where telemetry goes. Not a secret: local authentication is off.')
output connectionString string = component.properties.ConnectionString

// A Linux machine without public address that reads one secret of a vault that is there already, by its managed
// identity. It stands by itself: deploy it beside main.bicep, into the group of the vault.
targetScope = 'resourceGroup'

metadata name = 'A virtual machine that uses Key Vault by its identity'
metadata description = 'A small Linux machine in a network of its own, its identity, and the right to read one secret.'

import { roles } from '../roles.bicep'

@description('Required. Name of the vault, which is in RBAC mode and in this resource group.')
param vaultName string

@description('Required. Name of the one secret that the machine may read.')
param secretName string

@description('Required. Public SSH key of the administrator, as ~/.ssh/id_ed25519.pub or id_rsa.pub has it. Nobody signs in by password.')
param sshPublicKey string

@description('Optional. Name of the machine. The names of what belongs to it depend on it.')
@minLength(1)
@maxLength(60)
param name string = 'vm-reads-secret'

@description('Optional. Where the resources are.')
param location string = resourceGroup().location

@description('Optional. Kind of the machine\'s identity. A user-assigned one exists before the machine, so its grant does too.')
@allowed(['userAssigned', 'systemAssigned'])
param identityKind string = 'userAssigned'

@description('Optional. Size of the machine: one with Trusted Launch.')
param size string = 'Standard_B2ats_v2'

@description('Optional. Name of the administrator.')
param adminUsername string = 'azureuser'

@description('Optional. Encryption of caches and temporary disks on the host. Register the feature Microsoft.Compute/EncryptionAtHost first, or the deployment fails.')
param encryptionAtHost bool = false

@description('Optional. Tags of the resources.')
param tags object = {}

var userAssigned = identityKind == 'userAssigned'
var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)

// JSON is YAML, so no value can break out of its place. A machine takes it once, when it is made.
var cloudConfig = {
  write_files: [
    {
      path: '/usr/local/bin/read-secret'
      permissions: '0755'
      content: loadTextContent('virtual-machine/read-secret.py')
    }
    {
      path: '/etc/read-secret.env'
      content: join(
        concat(
          ['VAULT_URL=${vault.properties.vaultUri}', 'SECRET_NAME=${secretName}'],
          userAssigned ? ['AZURE_CLIENT_ID=${identity!.properties.clientId}'] : []
        ),
        '\n'
      )
    }
    {
      path: '/etc/systemd/system/read-secret.service'
      content: loadTextContent('virtual-machine/read-secret.service')
    }
  ]
  runcmd: [
    ['systemctl', 'daemon-reload']
    ['systemctl', 'enable', '--now', 'read-secret.service']
  ]
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName

  resource secret 'secrets' existing = {
    name: secretName
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (userAssigned) {
  name: 'id-${name}'
  location: location
  tags: tags
}

// The grant before the machine: its first call already finds it.
resource userAssignedReadsSecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (userAssigned) {
  name: guid(vault::secret.id, identity.id, secretsUser)
  scope: vault::secret
  properties: {
    principalId: identity!.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

// The grant after the machine, because its identity exists only with it: until it takes effect, calls are refused.
resource systemAssignedReadsSecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!userAssigned) {
  name: guid(vault::secret.id, machine.id, secretsUser)
  scope: vault::secret
  properties: {
    principalId: machine.identity!.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

resource securityGroup 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: 'nsg-${name}'
  location: location
  tags: tags
}

// Private: the machine reaches Key Vault by the service endpoint, and nothing else outside.
// https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview
resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: 'vnet-${name}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/24'] }
    subnets: [
      {
        name: 'default'
        properties: {
          addressPrefix: '10.0.0.0/26'
          defaultOutboundAccess: false
          networkSecurityGroup: { id: securityGroup.id }
          serviceEndpoints: [{ service: 'Microsoft.KeyVault' }]
        }
      }
    ]
  }

  resource subnet 'subnets' existing = {
    name: 'default'
  }
}

resource networkInterface 'Microsoft.Network/networkInterfaces@2024-10-01' = {
  name: 'nic-${name}'
  location: location
  tags: tags
  properties: {
    ipConfigurations: [
      {
        name: 'private'
        properties: {
          privateIPAllocationMethod: 'Dynamic'
          subnet: { id: network::subnet.id }
        }
      }
    ]
  }
}

resource machine 'Microsoft.Compute/virtualMachines@2025-04-01' = {
  name: name
  location: location
  tags: tags
  identity: userAssigned
    ? { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
    : { type: 'SystemAssigned' }
  properties: {
    hardwareProfile: { vmSize: size }
    storageProfile: {
      imageReference: {
        publisher: 'Canonical'
        offer: 'ubuntu-24_04-lts'
        sku: 'server'
        version: 'latest'
      }
      osDisk: {
        createOption: 'FromImage'
        deleteOption: 'Delete'
        managedDisk: { storageAccountType: 'StandardSSD_LRS' }
      }
    }
    osProfile: {
      computerName: name
      adminUsername: adminUsername
      customData: base64('#cloud-config\n${string(cloudConfig)}')
      linuxConfiguration: {
        disablePasswordAuthentication: true
        ssh: {
          publicKeys: [{ path: '/home/${adminUsername}/.ssh/authorized_keys', keyData: sshPublicKey }]
        }
      }
    }
    securityProfile: {
      encryptionAtHost: encryptionAtHost ? true : null
      securityType: 'TrustedLaunch'
      uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }
    }
    networkProfile: {
      networkInterfaces: [{ id: networkInterface.id, properties: { deleteOption: 'Delete' } }]
    }
    // The boot log, by which what the machine says is read without reaching it.
    diagnosticsProfile: {
      bootDiagnostics: { enabled: true }
    }
  }
  dependsOn: [userAssignedReadsSecret]
}

@description('Name of the machine.')
output machineName string = machine.name

@description('Object id of the machine\'s identity, as role assignments name it.')
output principalId string = userAssigned ? identity!.properties.principalId : machine.identity!.principalId

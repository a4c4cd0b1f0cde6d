// What one principal may do with messages: each role on one queue, topic, subscription, hub or container, never on a
// namespace, where it would hold for everything in it. grants.bicep calls it for whom it grants the rest.

import { roles } from '../roles.bicep'

@export()
@description('Names of the namespaces, of what is in them, and of the containers where messages end.')
type messagingTargets = {
  @description('Service Bus namespace.')
  serviceBus: string

  @description('Queue of the scans that are asked for.')
  requestQueue: string

  @description('Queue of the messages that can never succeed.')
  rejectedQueue: string

  @description('Topic of new resources.')
  topic: string

  @description('Subscription of the topic that the app works off.')
  subscription: string

  @description('Subscription of the topic that takes only some messages.')
  filteredSubscription: string

  @description('Event Hubs namespace.')
  eventHubs: string

  @description('Event hub of everything that is seen.')
  eventHub: string

  @description('Consumer group of the hub that the app reads with.')
  consumerGroup: string

  @description('Container of the app\'s data account that keeps the stream.')
  eventsContainer: string
}

@description('Required. Object id of the principal.')
param principalId string

@description('Required. What the principal is.')
@allowed(['ServicePrincipal', 'User'])
param principalType string

@description('Required. Goes into the names of the assignments.')
param principalKey string

@description('Required. What is granted on.')
param targets messagingTargets

@description('Required. Storage account of the app\'s own data.')
param dataAccountName string

@description('Required. Data Owner instead of Data Receiver where a trigger reads from Service Bus, so that the platform may count the messages and scale by their number.')
param scaleByOwner bool

// Azure: with Receiver the platform cannot read how many messages wait, scales step by step, and may not wake an app
// that sleeps (Azure/azure-functions-host#8261): hence the instances that are always ready, or this.
var triggerRole = scaleByOwner ? roles.serviceBusDataOwner : roles.serviceBusDataReceiver

resource serviceBus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: targets.serviceBus

  resource requests 'queues' existing = {
    name: targets.requestQueue
  }

  resource rejected 'queues' existing = {
    name: targets.rejectedQueue
  }

  resource findings 'topics' existing = {
    name: targets.topic

    resource inventory 'subscriptions' existing = {
      name: targets.subscription
    }

    resource filtered 'subscriptions' existing = {
      name: targets.filteredSubscription
    }
  }
}

resource eventHubs 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: targets.eventHubs

  resource stream 'eventhubs' existing = {
    name: targets.eventHub
  }
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: dataAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource events 'containers' existing = {
      name: targets.eventsContainer
    }
  }
}

resource asksForScans 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(serviceBus::requests.id, principalKey, roles.serviceBusDataSender)
  scope: serviceBus::requests
  properties: {
    description: 'requestScan posts to this queue.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
  }
}

resource scansOnRequest 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(serviceBus::requests.id, principalKey, triggerRole)
  scope: serviceBus::requests
  properties: {
    description: 'scanOnRequest is triggered by this queue.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', triggerRole)
  }
}

resource rejectsMessages 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(serviceBus::rejected.id, principalKey, roles.serviceBusDataSender)
  scope: serviceBus::rejected
  properties: {
    description: 'recordResource sends what can never succeed to this queue.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
  }
}

resource announcesFindings 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(serviceBus::findings.id, principalKey, roles.serviceBusDataSender)
  scope: serviceBus::findings
  properties: {
    description: 'scanResources and publishEvent send to this topic.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
  }
}

resource recordsFindings 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(serviceBus::findings::inventory.id, principalKey, triggerRole)
  scope: serviceBus::findings::inventory
  properties: {
    description: 'recordResource is triggered by this subscription, and readSubscription peeks at it.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', triggerRole)
  }
}

resource readsFiltered 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(serviceBus::findings::filtered.id, principalKey, roles.serviceBusDataReceiver)
  scope: serviceBus::findings::filtered
  properties: {
    description: 'readSubscription peeks at this subscription.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
  }
}

resource publishesEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(eventHubs::stream.id, principalKey, roles.eventHubsDataSender)
  scope: eventHubs::stream
  properties: {
    description: 'scanResources and publishEvent send to this hub.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.eventHubsDataSender)
  }
}

// The hub, not the consumer group: the trigger also asks the hub for its partitions.
resource archivesEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(eventHubs::stream.id, principalKey, roles.eventHubsDataReceiver)
  scope: eventHubs::stream
  properties: {
    description: 'archiveEvents is triggered by this hub.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.eventHubsDataReceiver)
  }
}

resource keepsEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataAccount::blobs::events.id, principalKey, roles.storageBlobDataContributor)
  scope: dataAccount::blobs::events
  properties: {
    description: 'archiveEvents keeps the stream in this container.'
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageBlobDataContributor
    )
  }
}

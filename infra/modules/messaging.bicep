// Event Hubs for the stream of everything that is seen, Service Bus for the work that is to be done: Standard tiers,
// as Basic has neither topics nor further consumer groups, and no shared key opens either.

import { messagingTargets } from 'messaging-grants.bicep'

@description('Required. Names of the namespaces and of what is in them.')
param targets messagingTargets

@description('Required. Where the namespaces are.')
param location string

@description('Required. Tags of the namespaces.')
param tags object

resource serviceBus 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: targets.serviceBus
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard' }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }

  // What requestScan asks for and scanOnRequest does. A scan takes up to ten minutes: the host renews the lock.
  resource requests 'queues' = {
    name: targets.requestQueue
    properties: {
      lockDuration: 'PT5M'
      maxDeliveryCount: 10
      // Nobody wants yesterday's scan.
      defaultMessageTimeToLive: 'P1D'
      deadLetteringOnMessageExpiration: false
    }
  }

  // Messages that can never succeed, with the reason: a trigger cannot dead-letter by itself.
  resource rejected 'queues' = {
    name: targets.rejectedQueue
    properties: {
      maxDeliveryCount: 10
      // The id is made of the content: what is put aside again, as its own queue didn't hear of it, is there once.
      requiresDuplicateDetection: true
      duplicateDetectionHistoryTimeWindow: 'P7D'
    }
  }

  resource findings 'topics' = {
    name: targets.topic
    properties: {
      requiresDuplicateDetection: true
      // As long as Azure remembers: a scan that failed is repeated, and must not be taken for news.
      duplicateDetectionHistoryTimeWindow: 'P7D'
    }

    // Everything: no rule of its own, so Azure's rule that takes every message.
    resource inventory 'subscriptions' = {
      name: targets.subscription
      properties: {
        lockDuration: 'PT1M'
        maxDeliveryCount: 10
        deadLetteringOnMessageExpiration: true
      }
    }

    // Vaults alone, for people to look at: what nobody takes is gone after a day.
    resource vaults 'subscriptions' = {
      name: targets.filteredSubscription
      properties: {
        lockDuration: 'PT1M'
        maxDeliveryCount: 10
        defaultMessageTimeToLive: 'P1D'
        deadLetteringOnMessageExpiration: false
      }

      // Under the name of the rule that takes every message, and so in its place: beside it, it would filter nothing.
      resource onlyVaults 'rules' = {
        name: '$Default'
        properties: {
          filterType: 'SqlFilter'
          sqlFilter: { sqlExpression: 'resourceType = \'Microsoft.KeyVault/vaults\'' }
        }
      }
    }
  }
}

resource eventHubs 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: targets.eventHubs
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  properties: {
    disableLocalAuth: true
    isAutoInflateEnabled: false
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }

  resource stream 'eventhubs' = {
    name: targets.eventHub
    properties: {
      partitionCount: 2
      retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: 168 }
    }

    // One reader per group and partition: whoever looks must not take the archive's place.
    resource archive 'consumergroups' = {
      name: targets.consumerGroup
    }

    resource people 'consumergroups' = {
      name: 'people'
    }
  }
}

@description('Host name of the Service Bus namespace.')
output serviceBusHost string = split(replace(serviceBus.properties.serviceBusEndpoint, 'https://', ''), ':')[0]

@description('Host name of the Event Hubs namespace.')
output eventHubsHost string = split(replace(eventHubs.properties.serviceBusEndpoint, 'https://', ''), ':')[0]

// A template makes the entities, and the unmodified SDK finds them as the template says.
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { ServiceBusClient } from '@azure/service-bus';
import { deployTemplate } from '../../../../local/deploy-template.ts';
import {
  addIdentity,
  credentialOf,
  grant,
  groupId,
  useLocalAzure,
} from '../../../support/local-azure.ts';

const clients: ServiceBusClient[] = [];
after(() => Promise.all(clients.map((client) => client.close())));
const azure = await useLocalAzure();

const type = (suffix: string) => `Microsoft.ServiceBus/namespaces${suffix}`;
const resource = (suffix: string, name: string, properties: object, dependsOn: string[] = []) => ({
  ...{ type: type(suffix), apiVersion: '2024-01-01', name, properties, dependsOn },
});
const dependsOnNamespace = ["[resourceId('Microsoft.ServiceBus/namespaces', 'deployed-bus')]"];
const topic = "[resourceId('Microsoft.ServiceBus/namespaces/topics', 'deployed-bus', 'news')]";
const subscription =
  "[resourceId('Microsoft.ServiceBus/namespaces/topics/subscriptions', 'deployed-bus', 'news', 'red')]";

function deploy(name: string, rule: object, queue: object = {}) {
  return deployTemplate(azure, {
    ...{ name, resourceGroup: 'rg-bus', location: 'westeurope', parameters: {} },
    template: {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      resources: [
        {
          ...{ type: type(''), apiVersion: '2024-01-01', name: 'deployed-bus' },
          ...{ location: 'westeurope', sku: { name: 'Standard' }, properties: {} },
        },
        resource('/queues', 'deployed-bus/orders', queue, dependsOnNamespace),
        resource('/topics', 'deployed-bus/news', {}, dependsOnNamespace),
        resource('/topics/subscriptions', 'deployed-bus/news/red', {}, [topic]),
        resource('/topics/subscriptions/rules', 'deployed-bus/news/red/$Default', rule, [
          subscription,
        ]),
      ],
    },
  });
}

const redOnly = { filterType: 'SqlFilter', sqlFilter: { sqlExpression: "color = 'red'" } };

it('a deployed namespace serves its entities with their settings, and counts what lies in them', async () => {
  await deploy('first', redOnly, { lockDuration: 'PT30S', requiresDuplicateDetection: true });
  const identity = addIdentity(azure, 'app');
  grant(azure, identity, 'Azure Service Bus Data Owner', groupId('rg-bus'));
  const client = new ServiceBusClient(
    'deployed-bus.servicebus.windows.net',
    credentialOf(azure, identity),
    { retryOptions: { maxRetries: 0 } },
  );
  clients.push(client);
  const sender = client.createSender('orders');
  for (const body of ['a', 'b']) await sender.sendMessages({ body, messageId: '1' });
  const receiver = client.createReceiver('orders');
  const [message, duplicate] = await receiver.receiveMessages(2, { maxWaitTimeInMs: 1000 });
  assert.equal(duplicate, undefined);
  const lockedMs =
    (message?.lockedUntilUtc?.getTime() ?? 0) - (message?.enqueuedTimeUtc?.getTime() ?? 0);
  assert.ok(lockedMs >= 30_000 && lockedMs < 35_000);

  await client.createSender('news').sendMessages([
    { body: 1, applicationProperties: { color: 'red' } },
    { body: 2, applicationProperties: { color: 'blue' } },
  ]);
  const peeked = await client.createReceiver('news', 'red').peekMessages(5);
  assert.deepEqual(
    peeked.map(({ body }) => body),
    [1],
  );

  const namespaceId = `${groupId('rg-bus')}/providers/${type('')}/deployed-bus`;
  const count = (path: string) =>
    azure.messaging.serviceBus.countMessages?.(`${namespaceId}${path}`);
  assert.equal(count('/queues/orders')?.activeMessageCount, 1);
  assert.equal(count('/topics/news/subscriptions/red')?.activeMessageCount, 1);
});

it('a filter that cannot be read fails the deployment, and names what is wrong', async () => {
  const bad = { ...redOnly, sqlFilter: { sqlExpression: "color BETWEEN 'a' AND 'b'" } };
  await assert.rejects(deploy('second', bad), /'BETWEEN' is not expected at position 5/);
});

it('forwarding and filter actions fail the deployment by name', async () => {
  await assert.rejects(deploy('third', redOnly, { forwardTo: 'news' }), /forwardTo/);
  const acting = { ...redOnly, action: { sqlExpression: 'SET a = 1' } };
  await assert.rejects(deploy('fourth', acting), /action/);
});

// What templates of virtual machines read of the network around them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { firstFreeAddress } from '../../../../local/azure/providers/subnet-addresses.ts';
import { group, openResourceManager } from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const version = 'api-version=2024-05-01';
const networkId = (name: string) => `${group}/providers/Microsoft.Network/${name}`;
const location = 'eastus';

async function put(name: string, properties: object) {
  const answer = await arm.call('PUT', `${networkId(name)}?${version}`, {
    body: { location, properties },
  });
  assert.ok(answer.status === 200 || answer.status === 201, answer.text);
  return answer.body;
}

async function get(name: string) {
  return (await arm.call('GET', `${networkId(name)}?${version}`)).body;
}

const addressSpace = { addressPrefixes: ['10.1.0.0/16'] };
const front = { name: 'front', properties: { addressPrefix: '10.1.1.0/24' } };

describe('a virtual network', () => {
  it('has its subnets with their ids, and each can be read by itself', async () => {
    const { properties } = await put('virtualNetworks/one', { addressSpace, subnets: [front] });
    assert.deepEqual(properties.subnets, [
      {
        name: 'front',
        id: networkId('virtualNetworks/one/subnets/front'),
        properties: { addressPrefix: '10.1.1.0/24', provisioningState: 'Succeeded' },
        type: 'Microsoft.Network/virtualNetworks/subnets',
      },
    ]);
    const subnet = await get('virtualNetworks/one/subnets/front');
    assert.equal(subnet.properties.addressPrefix, '10.1.1.0/24');
  });

  it('shows a subnet that was made by itself, and keeps it without the list', async () => {
    await put('virtualNetworks/two', { addressSpace, subnets: [front] });
    await put('virtualNetworks/two/subnets/back', { addressPrefix: '10.1.2.0/24' });
    await put('virtualNetworks/two', { addressSpace });
    const { properties } = await get('virtualNetworks/two');
    const names = properties.subnets.map(({ name }: { name: string }) => name);
    assert.deepEqual(names, ['front', 'back']);
  });

  it('takes its subnets with it', async () => {
    await put('virtualNetworks/gone', { addressSpace, subnets: [front] });
    await arm.call('DELETE', `${networkId('virtualNetworks/gone')}?${version}`);
    await put('virtualNetworks/gone', { addressSpace });
    assert.deepEqual((await get('virtualNetworks/gone')).properties.subnets, []);
  });
});

describe('a network interface', () => {
  const inFront = (more = {}) => ({
    ipConfigurations: [
      {
        name: 'private',
        properties: { subnet: { id: networkId('virtualNetworks/nics/subnets/front') }, ...more },
      },
    ],
  });
  const addressOf = (body: { properties: { ipConfigurations: { properties: object }[] } }) =>
    Reflect.get(body.properties.ipConfigurations[0]?.properties ?? {}, 'privateIPAddress');

  it('gets the next free address of its subnet, and keeps it', async () => {
    await put('virtualNetworks/nics', { addressSpace, subnets: [front] });
    const one = await put('networkInterfaces/one', inFront());
    assert.equal(addressOf(one), '10.1.1.4');
    assert.equal(
      one.properties.ipConfigurations[0].id,
      networkId('networkInterfaces/one/ipConfigurations/private'),
    );
    await put('networkInterfaces/two', inFront({ privateIPAddress: '10.1.1.5' }));
    assert.equal(addressOf(await put('networkInterfaces/three', inFront())), '10.1.1.6');
    assert.equal(addressOf(await put('networkInterfaces/one', inFront())), '10.1.1.4');
    assert.match(one.properties.macAddress, /^00-0D-3A(-[0-9A-F]{2}){3}$/);
  });

  it('names the machine that has it, as long as it has it', async () => {
    const id = networkId('networkInterfaces/used');
    const machine = `${group}/providers/Microsoft.Compute/virtualMachines/vm?api-version=2024-07-01`;
    assert.equal(
      (await put('networkInterfaces/used', inFront())).properties.virtualMachine,
      undefined,
    );
    await arm.call('PUT', machine, {
      body: { location, properties: { networkProfile: { networkInterfaces: [{ id }] } } },
    });
    const { properties } = await get('networkInterfaces/used');
    assert.deepEqual(properties.virtualMachine, { id: machine.split('?')[0] });
    await arm.call('DELETE', machine);
    assert.equal((await get('networkInterfaces/used')).properties.virtualMachine, undefined);
  });
});

describe('a public address', () => {
  it('has an address, and a name if it has a label', async () => {
    const { properties } = await put('publicIPAddresses/one', {
      dnsSettings: { domainNameLabel: 'my-machine' },
    });
    assert.match(properties.ipAddress, /^203\.0\.113\.\d+$/);
    assert.equal(properties.dnsSettings.fqdn, 'my-machine.eastus.cloudapp.azure.com');
    assert.equal((await put('publicIPAddresses/two', {})).properties.dnsSettings, undefined);
  });
});

describe('the addresses of a subnet', () => {
  it('begin with the fifth and end before the last', () => {
    assert.equal(firstFreeAddress('10.0.255.0/24', new Set()), '10.0.255.4');
    assert.equal(firstFreeAddress('10.0.0.248/29', new Set()), '10.0.0.252');
    const taken = new Set(['10.0.0.252', '10.0.0.253', '10.0.0.254']);
    assert.equal(firstFreeAddress('10.0.0.248/29', taken), undefined);
    assert.equal(firstFreeAddress('255.255.255.0/24', new Set()), '255.255.255.4');
    for (const prefix of ['fd00::/64', '10.0.0.0', '10.0.0.0/33', '300.0.0.0/8', '']) {
      assert.equal(firstFreeAddress(prefix, new Set()), undefined, prefix);
    }
  });
});

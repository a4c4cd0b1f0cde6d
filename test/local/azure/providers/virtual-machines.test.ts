import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addIdentity } from '../../../support/open-door.ts';
import { group, openResourceManager, roles } from '../resource-manager/open-resource-manager.ts';

const arm = await openResourceManager();
const version = 'api-version=2025-04-01';
const machineId = (name: string) => `${group}/providers/Microsoft.Compute/virtualMachines/${name}`;
const interfaceId = (name: string) =>
  `${group}/providers/Microsoft.Network/networkInterfaces/${name}`;
const customData = Buffer.from('#cloud-config\n{}').toString('base64');
const password = 'Correct-Horse-1';

const osProfile = {
  computerName: 'vm',
  adminUsername: 'azureuser',
  adminPassword: password,
  customData,
  linuxConfiguration: { disablePasswordAuthentication: false },
};

/** As the quickstarts of Azure have it. */
function machineOf(properties: Record<string, unknown> = {}, location = 'eastus') {
  return {
    location,
    properties: {
      hardwareProfile: { vmSize: 'Standard_B2ats_v2' },
      storageProfile: {
        imageReference: { publisher: 'Canonical', offer: 'ubuntu-24_04-lts', sku: 'server' },
        osDisk: { createOption: 'FromImage' },
      },
      osProfile,
      networkProfile: { networkInterfaces: [{ id: interfaceId('nic') }] },
      ...properties,
    },
  };
}

const put = (name: string, body: object) =>
  arm.call('PUT', `${machineId(name)}?${version}`, { body });

await arm.call('PUT', `${interfaceId('nic')}?api-version=2024-05-01`, {
  body: { location: 'eastus', properties: {} },
});

describe('a virtual machine', () => {
  it('has what clients read: its id, its state, its disk, the principals of its identities', async () => {
    const user = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-vm`;
    const made = await arm.call('PUT', `${user}?api-version=2024-11-30`, {
      body: { location: 'eastus' },
    });
    const { status, text, body } = await put('vm-read', {
      ...machineOf(),
      identity: { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [user]: {} } },
    });
    assert.equal(status, 201, text);
    assert.match(body.properties.vmId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(body.properties.provisioningState, 'Succeeded');
    const { osType, name, managedDisk } = body.properties.storageProfile.osDisk;
    assert.equal(osType, 'Linux');
    assert.equal(managedDisk.id, `${group}/providers/Microsoft.Compute/disks/${name}`);
    assert.ok(arm.directory.find(body.identity.principalId));
    const [assigned] = Object.values(body.identity.userAssignedIdentities);
    const { principalId, clientId } = made.body.properties;
    assert.deepEqual(assigned, { principalId, clientId });
  });

  it('shows neither its password nor its custom data, to nobody and in no list', async () => {
    const answers = [
      await put('vm-secret', machineOf()),
      await arm.call('GET', `${machineId('vm-secret')}?${version}`),
      await arm.call('GET', `${group}/providers/Microsoft.Compute/virtualMachines?${version}`),
    ];
    for (const { text } of answers) {
      assert.match(text, /vm-secret/);
      assert.doesNotMatch(text, new RegExp(`${password}|${customData}|adminPassword|customData`));
    }
  });

  it('keeps its account and its custom data when it is tagged or sized anew', async () => {
    const { body: before } = await put('vm-kept', machineOf());
    const tagged = await arm.call('PATCH', `${machineId('vm-kept')}?${version}`, {
      body: { tags: { a: 'b' }, properties: { hardwareProfile: { vmSize: 'Standard_B2als_v2' } } },
    });
    assert.equal(tagged.status, 200, tagged.text);
    assert.equal(tagged.body.properties.hardwareProfile.vmSize, 'Standard_B2als_v2');
    for (const name of ['vmId', 'timeCreated', 'osProfile']) {
      assert.deepEqual(tagged.body.properties[name], before.properties[name], name);
    }
    assert.equal((await put('vm-kept', machineOf())).status, 200);
  });

  it('cannot have other custom data than at its creation', async () => {
    await put('vm-data', machineOf());
    const other = { ...osProfile, customData: Buffer.from('other').toString('base64') };
    const { status, body } = await put('vm-data', machineOf({ osProfile: other }));
    assert.equal(status, 409);
    assert.deepEqual(body.error, {
      code: 'PropertyChangeNotAllowed',
      target: 'customData',
      message: "Changing property 'customData' is not allowed.",
    });
  });

  const refusals: readonly [string, Record<string, unknown>, object][] = [
    [
      'an image without an account',
      { osProfile: undefined },
      {
        code: 'InvalidParameter',
        target: 'osProfile',
        message: "Required parameter 'osProfile' is missing (null).",
      },
    ],
    [
      'an account that nobody can sign in to',
      { osProfile: { ...osProfile, adminPassword: undefined } },
      {
        code: 'InvalidParameter',
        target: 'linuxConfiguration',
        message:
          'Authentication using either SSH or by user name and password must be enabled in Linux profile.',
      },
    ],
    [
      'custom data that is not base64',
      { osProfile: { ...osProfile, customData: '#cloud-config' } },
      {
        code: 'InvalidParameter',
        target: 'customData',
        message:
          'Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.',
      },
    ],
    [
      'custom data that is too long',
      { osProfile: { ...osProfile, customData: 'A'.repeat(87_384) } },
      {
        code: 'InvalidParameter',
        target: 'customData',
        message:
          'Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.',
      },
    ],
    [
      'a network interface that is not there',
      { networkProfile: { networkInterfaces: [{ id: interfaceId('nic-none') }] } },
      {
        code: 'InvalidResourceReference',
        message:
          `Resource ${interfaceId('nic-none')} referenced by resource ${machineId('vm-bad')} was not found. ` +
          'Please make sure that the referenced resource exists, and that both resources are in the same region.',
      },
    ],
    [
      'a network interface without an id',
      { networkProfile: { networkInterfaces: [{}] } },
      {
        code: 'InvalidRequestFormat',
        message: 'Cannot parse the request.',
        details: [
          {
            code: 'MissingJsonReferenceId',
            message:
              'Value for reference id is missing. Path Properties.NetworkProfile.networkInterfaces[0].',
          },
        ],
      },
    ],
  ];
  for (const [what, properties, error] of refusals) {
    it(`is refused with ${what}, and leaves nothing behind`, async () => {
      const { status, body } = await put('vm-bad', {
        ...machineOf(properties),
        identity: { type: 'SystemAssigned' },
      });
      assert.equal(status, 400);
      assert.deepEqual(body.error, error);
      const gone = await arm.call('GET', `${machineId('vm-bad')}?${version}`);
      assert.equal(gone.status, 404);
      assert.equal(arm.directory.findByResourceId(machineId('vm-bad')), undefined);
    });
  }

  it('is not in another region than its network interface', async () => {
    const { status, body } = await put('vm-far', machineOf({}, 'westus'));
    assert.equal(status, 400);
    assert.equal(body.error.code, 'InvalidResourceReference');
  });

  it('cannot have an identity that is not there', async () => {
    const none = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-none`;
    const { status, body } = await put('vm-none', {
      ...machineOf(),
      identity: { type: 'UserAssigned', userAssignedIdentities: { [none]: {} } },
    });
    assert.equal(status, 400);
    assert.equal(body.error.code, 'FailedIdentityOperation');
  });

  it('comes from a disk, or a specialized image, without an account', async () => {
    const attached = {
      osDisk: { createOption: 'Attach', managedDisk: { id: 'disk' }, osType: 'Linux' },
    };
    const specialized = {
      imageReference: { id: `${group}/providers/Microsoft.Compute/images/one` },
    };
    for (const [name, storageProfile] of Object.entries({ attached, specialized })) {
      const answer = await put(`vm-${name}`, machineOf({ storageProfile, osProfile: undefined }));
      assert.equal(answer.status, 201, answer.text);
      assert.equal(answer.body.properties.osProfile, undefined);
    }
  });
});

describe('types without a provider', () => {
  it('show no password of a scale set and no protected setting of an extension', async () => {
    const reader = addIdentity(arm, [{ roleId: roles.reader, scope: group }]);
    const scaleSet = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/vmss`;
    const extension = `${machineId('vm-read')}/extensions/script`;
    const bodies = {
      [scaleSet]: { virtualMachineProfile: { osProfile } },
      [extension]: { settings: { a: 1 }, protectedSettings: { commandToExecute: password } },
    };
    for (const [id, properties] of Object.entries(bodies)) {
      const made = await arm.call('PUT', `${id}?${version}`, {
        body: { location: 'eastus', properties },
      });
      assert.equal(made.status, 201, made.text);
      const { text } = await arm.call('GET', `${id}?${version}`, { caller: reader });
      assert.match(text, /"computerName":"vm"|"settings":\{"a":1\}/);
      assert.ok(!text.includes(password) && !made.text.includes(password));
    }
  });
});

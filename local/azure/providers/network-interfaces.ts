// A network interface is kept, with the addresses that Azure gives it.
import { sameId } from '../resource-id.ts';
import { derivedGuid } from './derived-guid.ts';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { type Properties, readArray, readObject, readString } from './read-property.ts';
import { firstFreeAddress } from './subnet-addresses.ts';

const TYPE = 'Microsoft.Network/networkInterfaces';

/** Source: https://learn.microsoft.com/rest/api/virtualnetwork/network-interfaces/create-or-update */
export function networkInterfaces(services: ProviderServices): ResourceProvider {
  return {
    type: TYPE,
    apiVersions: ['2024-10-01', '2024-05-01', '2023-11-01', '2022-07-01', '2021-08-01'],
    listed: true,
    put(request) {
      const { id, body } = request;
      const given = body.properties ?? {};
      const mac = derivedGuid('mac', id.id).replaceAll('-', '').slice(0, 6).toUpperCase();
      return {
        properties: {
          ...given,
          provisioningState: 'Succeeded',
          resourceGuid: derivedGuid('interface', id.id),
          ipConfigurations: configurations(services, request),
          // 00-0D-3A: Microsoft's.
          macAddress: `00-0D-3A-${mac.replace(/(..)(..)(..)/, '$1-$2-$3')}`,
          enableIPForwarding: given.enableIPForwarding ?? false,
        },
      };
    },
    current: ({ id, properties }) => {
      const machine = machineOf(services, id);
      return machine === undefined
        ? properties
        : { ...properties, virtualMachine: { id: machine } };
    },
  };
}

/**
 * Pretend: the subnet is not looked for but for its addresses; without one they come from 10.0.0.0/24.
 */
function configurations(services: ProviderServices, request: PutRequest): readonly Properties[] {
  const { id, body, existing } = request;
  const before = readArray(existing?.properties, 'ipConfigurations') ?? [];
  const taken = takenAddresses(services, id.id);
  return (readArray(body.properties, 'ipConfigurations') ?? []).map((each, index) => {
    const name = readString(each as Properties, 'name') ?? `ipconfig${index + 1}`;
    const given = readObject(each as Properties, 'properties') ?? {};
    const subnetId = readString(readObject(given, 'subnet'), 'id');
    const address =
      readString(given, 'privateIPAddress') ??
      addressOf(before[index]) ??
      firstFreeAddress(prefixOf(services, subnetId), taken);
    if (address !== undefined) taken.add(address);
    return {
      name,
      id: `${id.id}/ipConfigurations/${name}`,
      type: `${TYPE}/ipConfigurations`,
      properties: {
        ...given,
        provisioningState: 'Succeeded',
        ...(address !== undefined && { privateIPAddress: address }),
        privateIPAllocationMethod: given.privateIPAllocationMethod ?? 'Dynamic',
        primary: given.primary ?? index === 0,
        privateIPAddressVersion: given.privateIPAddressVersion ?? 'IPv4',
      },
    };
  });
}

function prefixOf(services: ProviderServices, subnetId: string | undefined): string {
  const subnet = subnetId === undefined ? undefined : services.findResource(subnetId)?.properties;
  const [first] = readArray(subnet, 'addressPrefixes') ?? [];
  return readString(subnet, 'addressPrefix') ?? (typeof first === 'string' ? first : '10.0.0.0/24');
}

function takenAddresses(services: ProviderServices, but: string): Set<string> {
  return new Set(
    services
      .listResources()
      .filter(({ id, type }) => type === TYPE && !sameId(id, but))
      .flatMap(({ properties }) => readArray(properties, 'ipConfigurations') ?? [])
      .flatMap((configuration) => addressOf(configuration) ?? []),
  );
}

function addressOf(configuration: unknown): string | undefined {
  return readString(readObject(configuration as Properties, 'properties'), 'privateIPAddress');
}

/** The machine that names this interface. */
function machineOf(services: ProviderServices, interfaceId: string): string | undefined {
  return services
    .listResources()
    .find(
      ({ type, properties }) =>
        type === 'Microsoft.Compute/virtualMachines' &&
        (readArray(readObject(properties, 'networkProfile'), 'networkInterfaces') ?? []).some(
          (each) => sameId(readString(each as Properties, 'id') ?? '', interfaceId),
        ),
    )?.id;
}

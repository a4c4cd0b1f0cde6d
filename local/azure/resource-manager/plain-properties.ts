import { v5 as uuidV5 } from 'uuid';
import { toLocationName } from '../providers/location-name.ts';
import type { PutRequest } from '../providers/provider.ts';
import type { Properties } from '../providers/read-property.ts';
import { readObject, readString } from '../providers/read-property.ts';

/** Namespace of ARM's `guid()` (golden/engine.json). */
const NAMESPACE = '11fb06fb-712d-4ddd-98c7-e71bbd588830';

interface PlainResource {
  readonly id: string;
  /** Lower-case, as a host name has it. */
  readonly name: string;
  /** `westeurope` */
  readonly location: string;
  readonly given: Properties;
}

/** What a service adds to a resource and templates read in `reference()`, by lower-case type. */
const added: Readonly<Record<string, (resource: PlainResource) => Properties>> = {
  'microsoft.app/managedenvironments': ({ id, location, given }) => ({
    defaultDomain: environmentDomain(id, location),
    customDomainConfiguration: {
      ...readObject(given, 'customDomainConfiguration'),
      customDomainVerificationId: guidOf('verification', id).replaceAll('-', '').toUpperCase(),
    },
  }),
  'microsoft.app/containerapps': containerApp,
  'microsoft.appconfiguration/configurationstores': ({ name }) => ({
    endpoint: `https://${name}.azconfig.io`,
  }),
  'microsoft.cache/redis': ({ name }) => ({
    hostName: `${name}.redis.cache.windows.net`,
    port: 6379,
    sslPort: 6380,
  }),
  'microsoft.cognitiveservices/accounts': ({ location, given }) => {
    const subdomain = readString(given, 'customSubDomainName');
    return {
      endpoint: subdomain
        ? `https://${subdomain.toLowerCase()}.cognitiveservices.azure.com/`
        : `https://${location}.api.cognitive.microsoft.com/`,
    };
  },
  'microsoft.containerregistry/registries': ({ name }) => ({ loginServer: `${name}.azurecr.io` }),
  'microsoft.documentdb/databaseaccounts': ({ name }) => ({
    documentEndpoint: `https://${name}.documents.azure.com:443/`,
  }),
  'microsoft.eventgrid/topics': ({ name, location }) => ({
    endpoint: `https://${name}.${location}-1.eventgrid.azure.net/api/events`,
  }),
  'microsoft.network/privateendpoints': ({ id, name, given }) => {
    const group = id.slice(0, id.toLowerCase().indexOf('/providers/'));
    const nic =
      readString(given, 'customNetworkInterfaceName') || `${name}.nic.${guidOf('nic', id)}`;
    return {
      networkInterfaces: [{ id: `${group}/providers/Microsoft.Network/networkInterfaces/${nic}` }],
    };
  },
  'microsoft.network/publicipaddresses': publicAddress,
  'microsoft.search/searchservices': ({ name }) => ({
    endpoint: `https://${name}.search.windows.net`,
  }),
  'microsoft.signalrservice/signalr': ({ name }) => ({ hostName: `${name}.service.signalr.net` }),
};

/**
 * Host names and ids that Azure gives to a resource of a type without a provider here; `{}` for other types.
 * Pretend: no service answers at them, and what Azure draws at random is derived from the resource id.
 * Source: https://learn.microsoft.com/azure/private-link/private-endpoint-dns and each type's REST reference.
 */
export function plainProperties({ id, body, existing }: PutRequest): Properties {
  return (
    added[id.type.toLowerCase()]?.({
      id: id.id,
      name: id.name.toLowerCase(),
      location: toLocationName(existing?.location ?? body.location ?? ''),
      given: body.properties ?? {},
    }) ?? {}
  );
}

function containerApp({ name, location, given }: PlainResource): Properties {
  const environment =
    readString(given, 'managedEnvironmentId') || readString(given, 'environmentId');
  const configuration = readObject(given, 'configuration');
  const ingress = configuration && readObject(configuration, 'ingress');
  if (!environment || !ingress) return {};
  const inside = ingress.external === true ? '' : 'internal.';
  const fqdn = `${name}.${inside}${environmentDomain(environment, location)}`;
  return { configuration: { ...configuration, ingress: { ...ingress, fqdn } } };
}

/** The address is of a block for documentation: RFC 5737, RFC 3849. */
function publicAddress({ id, location, given }: PlainResource): Properties {
  const dns = readObject(given, 'dnsSettings');
  const label = readString(dns, 'domainNameLabel');
  const version = readString(given, 'publicIPAddressVersion') ?? 'IPv4';
  const drawn = Number.parseInt(guidOf('address', id).slice(0, 2), 16);
  return {
    ipAddress: version === 'IPv6' ? `2001:db8::${drawn}` : `203.0.113.${(drawn % 254) + 1}`,
    publicIPAddressVersion: version,
    publicIPAllocationMethod: readString(given, 'publicIPAllocationMethod') ?? 'Dynamic',
    idleTimeoutInMinutes: given.idleTimeoutInMinutes ?? 4,
    ...(label !== undefined && {
      dnsSettings: { ...dns, fqdn: `${label}.${location}.cloudapp.azure.com` },
    }),
  };
}

function environmentDomain(environmentId: string, location: string): string {
  return `local-${guidOf('domain', environmentId).slice(0, 8)}.${location}.azurecontainerapps.io`;
}

function guidOf(purpose: string, resourceId: string): string {
  return uuidV5(`${purpose}-${resourceId.toLowerCase()}`, NAMESPACE);
}

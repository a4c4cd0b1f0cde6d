// Properties that change who gets in, or how a data plane answers, and that no service here heeds. In our own
// template they are refused by name, as an answer that Azure would not give is worse than none.
import { ServiceError } from '../http/service-error.ts';
import { isKnownScript } from './known-script.ts';
import type { PutRequest } from './provider.ts';

interface Unserved {
  /** Below `properties`. */
  readonly path: string;
  readonly isMeant: (value: unknown) => boolean;
}

const is = (wanted: string) => (value: unknown) =>
  typeof value === 'string' && value.toLowerCase() === wanted.toLowerCase();
const isTrue = (value: unknown) => value === true;
const isSet = (value: unknown) => value !== undefined && value !== null && value !== '';
const isFilled = (value: unknown) => Array.isArray(value) && value.length > 0;

const closed: Unserved = { path: 'publicNetworkAccess', isMeant: is('Disabled') };
const network: readonly Unserved[] = [
  closed,
  { path: 'networkAcls.defaultAction', isMeant: is('Deny') },
];

const isLimited = (value: unknown) => isSet(value) && !String(value).startsWith('P10675199D');
const namespace: readonly Unserved[] = [closed, { path: 'alternateName', isMeant: isSet }];
const firewall: readonly Unserved[] = [closed, { path: 'defaultAction', isMeant: is('Deny') }];
const entity: readonly Unserved[] = [
  { path: 'autoDeleteOnIdle', isMeant: isLimited },
  { path: 'enablePartitioning', isMeant: isTrue },
];

const site: readonly Unserved[] = [
  closed,
  { path: 'virtualNetworkSubnetId', isMeant: isSet },
  { path: 'clientCertEnabled', isMeant: isTrue },
  { path: 'siteConfig.ipSecurityRestrictions', isMeant: isFilled },
];

const unserved: Readonly<Record<string, readonly Unserved[]>> = {
  'microsoft.authorization/roleassignments': [{ path: 'condition', isMeant: isSet }],
  'microsoft.eventhub/namespaces': namespace,
  'microsoft.eventhub/namespaces/networkrulesets': firewall,
  'microsoft.servicebus/namespaces': namespace,
  'microsoft.servicebus/namespaces/networkrulesets': firewall,
  'microsoft.servicebus/namespaces/queues': entity,
  'microsoft.servicebus/namespaces/topics': entity,
  'microsoft.servicebus/namespaces/topics/subscriptions': entity,
  'microsoft.keyvault/vaults': [...network, { path: 'accessPolicies', isMeant: isFilled }],
  'microsoft.resources/deploymentscripts': [
    { path: 'scriptContent', isMeant: (value) => !isKnownScript(value) },
  ],
  'microsoft.storage/storageaccounts': [
    ...network,
    { path: 'isHnsEnabled', isMeant: isTrue },
    { path: 'isSftpEnabled', isMeant: isTrue },
  ],
  'microsoft.web/sites': site,
  'microsoft.web/sites/slots': site,
};

/** Throws 400 for a property of ours that the embedded Azure would accept and not heed. Pretend: Azure heeds them. */
export function requireServed({ id, body }: Pick<PutRequest, 'id' | 'body'>): void {
  for (const { path, isMeant } of unserved[id.type.toLowerCase()] ?? []) {
    if (!isMeant(valueAt(body.properties, path))) continue;
    throw new ServiceError(
      400,
      'PropertyNotServed',
      `The embedded Azure does not heed 'properties.${path}' of ${id.type}: it would answer otherwise than Azure.`,
      { target: `properties.${path}` },
    );
  }
}

function valueAt(from: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], from);
}

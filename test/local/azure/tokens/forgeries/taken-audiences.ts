import { type DoorName, doors } from '../token-bench.ts';

const withAndWithoutSlash = (...addresses: readonly string[]) =>
  addresses.flatMap((address) => [address, `${address}/`]);

/** What clients of each door were seen to ask for, and no more. Not read from the doors' own lists, which are tried by it. */
export const takenAudiences: Readonly<Record<DoorName, readonly string[]>> = {
  'resource-manager': withAndWithoutSlash(
    'https://management.azure.com',
    'https://management.core.windows.net',
  ),
  'key-vault': withAndWithoutSlash('https://vault.azure.net'),
  blob: withAndWithoutSlash('https://storage.azure.com', 'https://account.blob.core.windows.net'),
  graph: withAndWithoutSlash('https://graph.microsoft.com'),
  'event-hubs': withAndWithoutSlash('https://eventhubs.azure.net'),
  'service-bus': withAndWithoutSlash('https://servicebus.azure.net'),
  sql: withAndWithoutSlash('https://database.windows.net'),
  /** What the settings of the site name. */
  'app-service': doors['app-service'],
};

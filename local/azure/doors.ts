/** A door is one listening service of the embedded Azure; journal entries and faults name it. */
export type Door =
  | 'resource-manager'
  | 'key-vault'
  | 'blob'
  | 'entra'
  | 'graph'
  /** The programs of sites, behind App Service authentication. */
  | 'app-service'
  /** Event Hubs and Service Bus: AMQP over TLS. */
  | 'messaging'
  /** The same over WebSockets. */
  | 'messaging-websocket'
  /** Azure SQL: TDS. */
  | 'sql'
  | 'app-service-identity'
  | 'imds'
  /** Not Azure's: directs the embedded one. */
  | 'control';

interface DoorNames {
  /** Production host names: exact, or a suffix that begins with a dot. */
  readonly hosts: readonly string[];
  /** The port that clients of the real Azure connect to. */
  readonly port: number;
  /** Where clients connect to that look the name up by themselves: no name is left then to tell the door by. */
  readonly address?: string;
}

/** Production name → door. The App Service identity endpoint has no public name: its address is in the environment. */
export const doorNames: Readonly<
  Record<Exclude<Door, 'app-service-identity' | 'control'>, DoorNames>
> = {
  'resource-manager': { hosts: ['management.azure.com'], port: 443 },
  'key-vault': { hosts: ['.vault.azure.net'], port: 443 },
  blob: { hosts: ['.blob.core.windows.net'], port: 443 },
  entra: { hosts: ['login.microsoftonline.com'], port: 443 },
  graph: { hosts: ['graph.microsoft.com'], port: 443 },
  'app-service': { hosts: ['.azurewebsites.net'], port: 443 },
  messaging: { hosts: ['.servicebus.windows.net'], port: 5671 },
  'messaging-websocket': { hosts: ['.servicebus.windows.net'], port: 443 },
  // tedious does.
  sql: { hosts: ['.database.windows.net'], port: 1433, address: '127.0.0.1' },
  imds: { hosts: ['169.254.169.254'], port: 80 },
};

/** Whether `host` (no port, any case) is one of the door's production names. */
export function isHostOf(door: keyof typeof doorNames, host: string): boolean {
  const lower = host.toLowerCase();
  return doorNames[door].hosts.some((name) =>
    name.startsWith('.') ? lower.endsWith(name) && lower.length > name.length : lower === name,
  );
}

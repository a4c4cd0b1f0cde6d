import { type Environment, findSetting, resolveSettings } from './setting-resolution.ts';

/** Where a Service Bus or Event Hubs trigger listens, and as whom. */
export interface MessagingConnection {
  /** `<namespace>.servicebus.windows.net`. */
  readonly fullyQualifiedNamespace: string;
  readonly usesManagedIdentity: boolean;
  readonly clientId: string | undefined;
}

/**
 * Reads the identity-based connection that a binding's `connection` names: `<name>__fullyQualifiedNamespace`,
 * `__credential`, `__clientId`, with the prefix `AzureWebJobs` or without.
 * Throws a sentence that names the setting, never its value.
 * https://learn.microsoft.com/azure/azure-functions/functions-reference#common-properties-for-identity-based-connections
 */
export function readMessagingConnection(
  connection: unknown,
  environment: Environment,
): MessagingConnection {
  const name = resolveSettings(String(connection ?? ''), environment).trim();
  if (name === '')
    throw new Error("The binding has no 'connection': name the prefix of its settings.");
  if (/endpoint=|sharedaccess/i.test(name)) {
    throw new Error(
      "The binding's 'connection' is a connection string: it takes the name of a setting.",
    );
  }
  const setting = (key: string) =>
    findSetting(environment, `AzureWebJobs${name}${key}`) ||
    findSetting(environment, `${name}${key}`);
  // Pretend: identity-based connections only; the real host takes connection strings too.
  if (setting('')) {
    throw new Error(
      `The setting '${name}' is a connection string, which this host does not use: set ${name}__fullyQualifiedNamespace instead.`,
    );
  }
  const fullyQualifiedNamespace = setting('__fullyQualifiedNamespace')?.trim();
  if (!fullyQualifiedNamespace) {
    throw new Error(
      `The connection '${name}' does not exist: set ${name}__fullyQualifiedNamespace to <namespace>.servicebus.windows.net.`,
    );
  }
  if (!/^[a-z0-9][a-z0-9.-]*$/i.test(fullyQualifiedNamespace)) {
    throw new Error(
      `${name}__fullyQualifiedNamespace must be a host name, without a scheme or a path.`,
    );
  }
  return {
    fullyQualifiedNamespace,
    usesManagedIdentity: setting('__credential')?.toLowerCase() === 'managedidentity',
    clientId: setting('__clientId') || undefined,
  };
}

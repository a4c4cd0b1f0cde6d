// The only reader of the environment. A bad setting never stops the app from loading: the real host would stay up
// with every route 404. It is complained about at once, and whoever needs it answers CONFIG_INVALID.
import { printsTokens } from './debug-output.ts';
import { AppError } from './errors.ts';
import {
  complaintAboutText,
  type FeedSetting,
  holdsCredential,
  type Parsed,
  parseClientId,
  parseConsumerGroup,
  parseContainerUrl,
  parseDuration,
  parseEventHub,
  parseFeed,
  parseMessagingNamespace,
  parsePoolSize,
  parseQueueOrTopic,
  parseSchedule,
  parseScopes,
  parseSqlDatabase,
  parseSqlServer,
  parseSubscriptionName,
  parseVaultUrl,
  parseWebApiScope,
  parseWebApiUrl,
} from './setting-rules.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const processEnvironment: Environment = process.env;

export type IdentitySetting =
  | { readonly kind: 'userAssigned'; readonly clientId: string }
  | { readonly kind: 'systemAssigned' }
  /** The developer's own sign-in: only where IDENTITY_KIND is absent. */
  | { readonly kind: 'developer' };

export interface SettingValues {
  /** Of IDENTITY_KIND and AZURE_CLIENT_ID together. */
  readonly IDENTITY_KIND: IdentitySetting;
  readonly KEY_VAULT_URL: URL;
  readonly SCAN_SCHEDULE: string;
  /** ARM ids of subscriptions and resource groups, each once. */
  readonly SCAN_SCOPES: readonly string[];
  /** Milliseconds. */
  readonly SCAN_LOOKBACK: number;
  /** Milliseconds. */
  readonly SCAN_OVERLAP: number;
  readonly SCAN_FEED: FeedSetting;
  /** Milliseconds. */
  readonly SCAN_RECONCILE: number;
  readonly SCAN_STATE_CONTAINER_URL: URL;
  /** Host name. */
  readonly SERVICE_BUS_NAMESPACE: string;
  readonly SERVICE_BUS_TOPIC: string;
  readonly SERVICE_BUS_REQUEST_QUEUE: string;
  readonly SERVICE_BUS_REJECTED_QUEUE: string;
  /** Of SERVICE_BUS_TOPIC. */
  readonly SERVICE_BUS_SUBSCRIPTION: string;
  /** Host name. */
  readonly EVENT_HUBS_NAMESPACE: string;
  readonly EVENT_HUB: string;
  readonly EVENT_HUBS_CONSUMER_GROUP: string;
  readonly EVENTS_CONTAINER_URL: URL;
  /** Host name. */
  readonly SQL_SERVER: string;
  readonly SQL_DATABASE: string;
  /** Connections at the same time. */
  readonly SQL_POOL_SIZE: number;
  readonly WEB_API_URL: URL;
  /** What a token for that API is asked for: `<resource>/.default`. */
  readonly WEB_API_SCOPE: string;
}

/** All absent: the app publishes nothing. One of them present: all are needed. */
export const messagingSettingNames = [
  'SERVICE_BUS_NAMESPACE',
  'SERVICE_BUS_TOPIC',
  'SERVICE_BUS_REQUEST_QUEUE',
  'SERVICE_BUS_REJECTED_QUEUE',
  'SERVICE_BUS_SUBSCRIPTION',
  'EVENT_HUBS_NAMESPACE',
  'EVENT_HUB',
  'EVENT_HUBS_CONSUMER_GROUP',
  'EVENTS_CONTAINER_URL',
] as const satisfies readonly (keyof SettingValues)[];

/** All absent: the app has no database. One of them present: all are needed, but for the size of the pool. */
export const databaseSettingNames = [
  'SQL_SERVER',
  'SQL_DATABASE',
  'SQL_POOL_SIZE',
] as const satisfies readonly (keyof SettingValues)[];

/** Both absent: the app calls no further API. One of them present: both are needed. */
export const webApiSettingNames = [
  'WEB_API_URL',
  'WEB_API_SCOPE',
] as const satisfies readonly (keyof SettingValues)[];

/** Every app setting that `shared/` reads; infra sets these and no others but the host's own. */
export const settingNames = [
  'IDENTITY_KIND',
  'AZURE_CLIENT_ID',
  'KEY_VAULT_URL',
  'SCAN_SCHEDULE',
  'SCAN_SCOPES',
  'SCAN_LOOKBACK',
  'SCAN_OVERLAP',
  'SCAN_FEED',
  'SCAN_RECONCILE',
  'SCAN_STATE_CONTAINER_URL',
  ...messagingSettingNames,
  ...databaseSettingNames,
  ...webApiSettingNames,
] as const;

export interface SettingProblem {
  readonly setting: string;
  /** A whole sentence that begins with the setting's name and never shows its value. */
  readonly message: string;
}

export interface Settings {
  /** Not of messaging, a database or a further API that is off. */
  readonly problems: readonly SettingProblem[];
  /** At least one setting of messaging is there. */
  readonly isMessagingOn: boolean;
  /** At least one setting of the database is there. */
  readonly isDatabaseOn: boolean;
  /** At least one setting of the further API is there. */
  readonly isWebApiOn: boolean;
  /** The named settings; throws one CONFIG_INVALID with every complaint about them. */
  need<Name extends keyof SettingValues>(...names: Name[]): Pick<SettingValues, Name>;
}

// Azure: ARM's list has no bound on how late a resource shows; two days is far more than anyone has reported.
const DEFAULT_OVERLAP = 'PT48H';
/** How often the list is read where SCAN_FEED is resourceGraph. */
const DEFAULT_RECONCILE = 'P1D';
/** Azure: the smallest databases take 30 sessions. Each instance of the app has a pool of its own. */
const DEFAULT_POOL_SIZE = '10';

/** Reads and checks every setting. Never throws. */
export function loadSettings(env: Environment): Settings {
  const problems: SettingProblem[] = [];
  const complain = (setting: string, complaint: string): undefined => {
    problems.push({ setting, message: `${setting} ${complaint}.` });
  };
  const read = <T>(name: string, parse: (value: string) => Parsed<T>, fallback?: string) => {
    const text = env[name] ?? fallback;
    const complaint = text === undefined ? 'is missing' : complaintAboutText(text);
    const parsed = parse(text ?? '');
    if (complaint !== undefined) {
      const expected = 'complaint' in parsed ? `: it ${parsed.complaint}` : '';
      return complain(name, `${complaint}${expected}`);
    }
    if ('complaint' in parsed) return complain(name, parsed.complaint);
    return parsed.value;
  };

  const values: { readonly [Name in keyof SettingValues]: SettingValues[Name] | undefined } = {
    IDENTITY_KIND: readIdentity(env, read, complain),
    KEY_VAULT_URL: read('KEY_VAULT_URL', parseVaultUrl),
    SCAN_SCHEDULE: read('SCAN_SCHEDULE', parseSchedule),
    SCAN_SCOPES: read('SCAN_SCOPES', parseScopes),
    SCAN_LOOKBACK: read('SCAN_LOOKBACK', parseDuration),
    SCAN_OVERLAP: read('SCAN_OVERLAP', parseDuration, DEFAULT_OVERLAP),
    SCAN_FEED: read('SCAN_FEED', parseFeed, 'list'),
    SCAN_RECONCILE: read('SCAN_RECONCILE', parseDuration, DEFAULT_RECONCILE),
    SCAN_STATE_CONTAINER_URL: read('SCAN_STATE_CONTAINER_URL', parseContainerUrl),
    SERVICE_BUS_NAMESPACE: read('SERVICE_BUS_NAMESPACE', parseMessagingNamespace),
    SERVICE_BUS_TOPIC: read('SERVICE_BUS_TOPIC', parseQueueOrTopic),
    SERVICE_BUS_REQUEST_QUEUE: read('SERVICE_BUS_REQUEST_QUEUE', parseQueueOrTopic),
    SERVICE_BUS_REJECTED_QUEUE: read('SERVICE_BUS_REJECTED_QUEUE', parseQueueOrTopic),
    SERVICE_BUS_SUBSCRIPTION: read('SERVICE_BUS_SUBSCRIPTION', parseSubscriptionName),
    EVENT_HUBS_NAMESPACE: read('EVENT_HUBS_NAMESPACE', parseMessagingNamespace),
    EVENT_HUB: read('EVENT_HUB', parseEventHub),
    EVENT_HUBS_CONSUMER_GROUP: read('EVENT_HUBS_CONSUMER_GROUP', parseConsumerGroup),
    EVENTS_CONTAINER_URL: read('EVENTS_CONTAINER_URL', parseContainerUrl),
    SQL_SERVER: read('SQL_SERVER', parseSqlServer),
    SQL_DATABASE: read('SQL_DATABASE', parseSqlDatabase),
    SQL_POOL_SIZE: read('SQL_POOL_SIZE', parsePoolSize, DEFAULT_POOL_SIZE),
    WEB_API_URL: read('WEB_API_URL', parseWebApiUrl),
    WEB_API_SCOPE: read('WEB_API_SCOPE', parseWebApiScope),
  };
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    complain(TLS_SETTING, 'turns off TLS verification, and tokens would go to anyone: remove it');
  }
  if (readIdentityEnvironment(env).inAppService && printsTokens(env.DEBUG ?? '')) {
    complain(DEBUG_SETTING, "makes rhea print the app's tokens into the log: remove it");
  }
  if (holdsCredential(env.AzureWebJobsStorage ?? '')) {
    complain('AzureWebJobsStorage', 'holds a key: use AzureWebJobsStorage__accountName');
  }
  const isPresent = (name: string) => env[name] !== undefined;
  const isMessagingOn = messagingSettingNames.some(isPresent);
  const isDatabaseOn = databaseSettingNames.some(isPresent);
  const isWebApiOn = webApiSettingNames.some(isPresent);
  const isConcern = (setting: string) =>
    (isMessagingOn || !MESSAGING.has(setting)) &&
    (isDatabaseOn || !DATABASE.has(setting)) &&
    (isWebApiOn || !WEB_API.has(setting));
  return {
    problems: Object.freeze(problems.filter(({ setting }) => isConcern(setting))),
    isMessagingOn,
    isDatabaseOn,
    isWebApiOn,
    need: (...names) => pick(values, names, problems),
  };
}

/** Concerns every call to Azure, so every `need`. */
const TLS_SETTING = 'NODE_TLS_REJECT_UNAUTHORIZED';
/** Concerns the clients of messaging. */
const DEBUG_SETTING = 'DEBUG';
const MESSAGING = new Set<string>([...messagingSettingNames, DEBUG_SETTING]);
const DATABASE = new Set<string>(databaseSettingNames);
const WEB_API = new Set<string>(webApiSettingNames);

function readIdentity(
  env: Environment,
  read: <T>(name: string, parse: (value: string) => Parsed<T>) => T | undefined,
  complain: (setting: string, complaint: string) => void,
): IdentitySetting | undefined {
  switch (env.IDENTITY_KIND) {
    case undefined:
      return { kind: 'developer' };
    case 'systemAssigned':
      return { kind: 'systemAssigned' };
    case 'userAssigned': {
      const clientId = read('AZURE_CLIENT_ID', parseClientId);
      return clientId ? { kind: 'userAssigned', clientId } : undefined;
    }
    default:
      complain(
        'IDENTITY_KIND',
        'must be userAssigned or systemAssigned, or absent on your machine',
      );
      return undefined;
  }
}

function pick<Name extends keyof SettingValues>(
  values: { readonly [N in keyof SettingValues]: SettingValues[N] | undefined },
  names: readonly Name[],
  problems: readonly SettingProblem[],
): Pick<SettingValues, Name> {
  const concerns = new Set<string>([...names, TLS_SETTING]);
  if (concerns.has('IDENTITY_KIND')) concerns.add('AZURE_CLIENT_ID');
  if (concerns.has('SERVICE_BUS_NAMESPACE') || concerns.has('EVENT_HUBS_NAMESPACE')) {
    concerns.add(DEBUG_SETTING);
  }
  const relevant = problems.filter(({ setting }) => concerns.has(setting));
  if (relevant.length > 0) {
    throw new AppError({
      code: 'CONFIG_INVALID',
      target: 'settings',
      message: relevant.map(({ message }) => message).join(' '),
      nextStep: `Correct the app setting${relevant.length > 1 ? 's' : ''} ${relevant.map(({ setting }) => setting).join(', ')} and restart.`,
    });
  }
  return Object.fromEntries(names.map((name) => [name, values[name]])) as Pick<SettingValues, Name>;
}

export interface IdentityEnvironment {
  /** Address of App Service's token endpoint, and the header that opens it. */
  readonly endpoint: string | undefined;
  readonly header: string | undefined;
  /** App Service and Functions have no IMDS: without `endpoint` there is no identity. */
  readonly inAppService: boolean;
}

/**
 * Read anew at each token request: the platform rotates the header, and specialises a running process.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function readIdentityEnvironment(
  env: Environment = processEnvironment,
): IdentityEnvironment {
  return {
    endpoint: env.IDENTITY_ENDPOINT || undefined,
    header: env.IDENTITY_HEADER || undefined,
    inAppService: Boolean(env.WEBSITE_SITE_NAME || env.WEBSITE_INSTANCE_ID || env.CONTAINER_NAME),
  };
}

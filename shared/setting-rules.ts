// One rule per setting: its parsed value, or the sentence that says what it should look like.
import { parseDurationMs } from './duration.ts';

export type Parsed<T> = { readonly value: T } | { readonly complaint: string };

const GUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** Something that opens a door: no setting of this app may hold one. */
const CREDENTIAL =
  /(?:AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd|ClientSecret)\s*=|[?&;]sig=|^[A-Za-z0-9+/]{86}==$/i;

export function holdsCredential(value: string): boolean {
  return CREDENTIAL.test(value);
}

/** What is wrong with a text before its own rule is asked; undefined if nothing is. */
export function complaintAboutText(value: string): string | undefined {
  // Azure: a reference that can't be resolved stays as it is. https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
  if (/@Microsoft\.KeyVault\(/i.test(value)) {
    return 'is still the literal Key Vault reference, which App Service could not resolve (a user-assigned identity needs the app property keyVaultReferenceIdentity)';
  }
  if (holdsCredential(value)) return 'holds a key, connection string or SAS: this app needs none';
  if (value === '') return 'is empty';
  if (value.trim() !== value) return 'has blanks around it';
  return undefined;
}

export function parseClientId(value: string): Parsed<string> {
  return new RegExp(`^${GUID}$`).test(value)
    ? { value: value.toLowerCase() }
    : {
        complaint:
          "must be the identity's client id, a GUID (not its name, resource or principal id)",
      };
}

export function parseVaultUrl(value: string): Parsed<URL> {
  const expected = 'must look like https://<vault>.vault.azure.net/';
  if (otherCloud(value)) return { complaint: `${expected}: other clouds are not supported` };
  return /^https:\/\/[a-z][a-z0-9-]{1,22}[a-z0-9]\.vault\.azure\.net\/?$/i.test(value)
    ? { value: new URL(value) }
    : { complaint: expected };
}

export function parseContainerUrl(value: string): Parsed<URL> {
  const expected = 'must look like https://<account>.blob.core.windows.net/<container>';
  if (otherCloud(value)) return { complaint: `${expected}: other clouds are not supported` };
  const container = '(?=[a-z0-9-]{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*';
  return new RegExp(`^https://[a-z0-9]{3,24}\\.blob\\.core\\.windows\\.net/${container}$`).test(
    value,
  )
    ? { value: new URL(value) }
    : { complaint: expected };
}

/** Azure: Service Bus and Event Hubs share the rule. https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftservicebus */
export function parseMessagingNamespace(value: string): Parsed<string> {
  const expected = 'must look like <namespace>.servicebus.windows.net, without sb:// or https://';
  if (otherCloud(value)) return { complaint: `${expected}: other clouds are not supported` };
  return /^[a-z](?!.*-(?:sb|mgmt)?\.)[a-z0-9-]{4,48}[a-z0-9]\.servicebus\.windows\.net$/i.test(
    value,
  )
    ? { value: value.toLowerCase() }
    : { complaint: expected };
}

/** A rule for names of up to `longest` characters; `segments`: they may be a path. */
function entityName(longest: number, segments: boolean) {
  const pattern = segments
    ? /^[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?$/
    : /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
  return (value: string): Parsed<string> =>
    value.length <= longest && pattern.test(value)
      ? { value }
      : {
          complaint: `must be a name of up to ${longest} letters, digits, dots, hyphens and underscores that begins and ends with a letter or digit`,
        };
}

export const parseQueueOrTopic = entityName(260, true);
export const parseSubscriptionName = entityName(50, false);
export const parseEventHub = entityName(256, false);

const parseConsumerGroupName = entityName(50, false);

export function parseConsumerGroup(value: string): Parsed<string> {
  return value.toLowerCase() === '$default' ? { value } : parseConsumerGroupName(value);
}

/** Azure: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftsql */
export function parseSqlServer(value: string): Parsed<string> {
  const expected = 'must look like <server>.database.windows.net, without tcp: and without a port';
  if (otherCloud(value)) return { complaint: `${expected}: other clouds are not supported` };
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.database\.windows\.net$/i.test(value)
    ? { value: value.toLowerCase() }
    : { complaint: expected };
}

export function parseSqlDatabase(value: string): Parsed<string> {
  const fits = /^(?!.*[. ]$)[^<>*%&:\\/?\p{C}]{1,128}$/u.test(value);
  return fits && value.toLowerCase() !== 'master'
    ? { value }
    : {
        complaint:
          'must be the name of a user database: up to 128 characters, none of <>*%&:\\/?, and no dot at the end',
      };
}

export function parsePoolSize(value: string): Parsed<number> {
  return /^(?:[1-9]\d?|100)$/.test(value)
    ? { value: Number(value) }
    : { complaint: 'must be a whole number from 1 to 100' };
}

/** A name that the world knows: an address by number, or without a dot, is a machine's own neighbourhood. */
const PUBLIC_HOST = /^(?=.*[a-z])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*[a-z0-9]$/;

export function parseWebApiUrl(value: string): Parsed<URL> {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isPlain =
    url?.protocol === 'https:' && url.port === '' && url.username === '' && url.hash === '';
  return url && isPlain && PUBLIC_HOST.test(url.hostname)
    ? { value: url }
    : {
        complaint:
          'must be the https address of what is asked, such as https://<app>.azurewebsites.net/api/orders, without a port',
      };
}

/** Azure: managed identities have no scopes of their own, only everything that they were given. https://learn.microsoft.com/entra/identity-platform/scopes-oidc#the-default-scope */
export function parseWebApiScope(value: string): Parsed<string> {
  const resource = `(?:api://[\\w.-]+(?:/[\\w.-]+)*|https://[\\w.-]+(?:/[\\w.-]+)*/?|${GUID})`;
  return new RegExp(`^${resource}/\\.default$`).test(value)
    ? { value }
    : {
        complaint:
          'must be the application id URI of the API and /.default, such as api://<client id>/.default',
      };
}

const OTHER_CLOUDS =
  /\.(?:vault\.azure\.cn|vault\.usgovcloudapi\.net|(?:core|database|servicebus)\.(?:chinacloudapi\.cn|usgovcloudapi\.net))\b/i;

function otherCloud(value: string): boolean {
  return OTHER_CLOUDS.test(value);
}

/** Light: the host has the last word. https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions */
export function parseSchedule(value: string): Parsed<string> {
  const fields = value.split(/ +/);
  const cron =
    (fields.length === 5 || fields.length === 6) &&
    fields.every((field) => /^(?:[\d*/,-]|[A-Za-z]{3})+$/.test(field));
  const timeSpan = /^(?:\d+\.)?\d{1,2}:\d{2}:\d{2}$/.test(value);
  return cron || timeSpan
    ? { value }
    : { complaint: 'must be an NCRONTAB expression of six fields, such as 0 */5 * * * *' };
}

const SCOPE = new RegExp(
  `^/subscriptions/${GUID}(?:/resourceGroups/[\\p{L}\\p{N}_().-]{0,89}[\\p{L}\\p{N}_()-])?$`,
  'iu',
);

export function parseScopes(value: string): Parsed<readonly string[]> {
  const scopes = value.split(',');
  const bad = scopes.find((scope) => !SCOPE.test(scope));
  if (bad !== undefined) {
    const which =
      scopes.length > 1 ? ` (entry ${scopes.indexOf(bad) + 1} of ${scopes.length})` : '';
    return {
      complaint: `must be a comma-separated list of /subscriptions/<guid> or /subscriptions/<guid>/resourceGroups/<name>, without blanks${which}`,
    };
  }
  const distinct = new Map(scopes.map((scope) => [scope.toLowerCase(), scope]));
  return { value: [...distinct.values()] };
}

export type FeedSetting = 'list' | 'resourceGraph';

export function parseFeed(value: string): Parsed<FeedSetting> {
  return value === 'list' || value === 'resourceGraph'
    ? { value }
    : { complaint: 'must be list or resourceGraph' };
}

const LONGEST_MS = 3650 * 86_400_000;

export function parseDuration(value: string): Parsed<number> {
  const milliseconds = parseDurationMs(value);
  return milliseconds !== undefined && milliseconds > 0 && milliseconds <= LONGEST_MS
    ? { value: milliseconds }
    : {
        complaint:
          'must be an ISO 8601 duration of weeks, days, hours, minutes or seconds, such as P1D or PT48H',
      };
}

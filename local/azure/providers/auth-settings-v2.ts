import type { Directory } from '../directory.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { derivedGuid } from './derived-guid.ts';
import { readFlag } from './loose-values.ts';
import type { ProviderServices } from './provider.ts';
import { type Properties, readArray, readObject, readString } from './read-property.ts';

/** Azure: all that a site shows before authentication was ever set [Azure/azure-cli#30322]. */
export const NO_AUTH_SETTINGS: Properties = { platform: { enabled: false } };

/**
 * `config/authsettingsV2`: a PUT replaces all of it, and what it does not say has Azure's value.
 * Source: https://learn.microsoft.com/azure/templates/microsoft.web/sites/config-authsettingsv2
 */
export function putAuthSettingsV2(services: ProviderServices, given: Properties): Properties {
  const settings = fillIn(given, DEFAULTS);
  const entra = readObject(readObject(settings, 'identityProviders'), 'azureActiveDirectory');
  const clientId = readString(readObject(entra, 'registration'), 'clientId');
  const audiences = readArray(readObject(entra, 'validation'), 'allowedAudiences') ?? [];
  if (clientId) registerApplication(services.directory, clientId, audiences);
  return settings;
}

/** A slot's or a site's own place, which its settings show. */
export function locationOf(
  services: ProviderServices,
  siteId: string | undefined,
): Pick<Resource, 'location'> {
  const location = services.findResource(siteId ?? '')?.location;
  return location === undefined ? {} : { location };
}

/**
 * Pretend: the registration that authentication names is there, with the audiences in `api://…` and `https://…` as
 * its identifier URIs, and stays. In Azure somebody has made it beforehand (`az ad app create`, `az ad sp create`); one
 * that is not there shows as AADSTS500011.
 */
function registerApplication(
  directory: Directory,
  clientId: string,
  audiences: readonly unknown[],
): void {
  const existing = directory.findByClientId(clientId);
  if (existing && existing.kind !== 'Application') return;
  const uris = audiences.filter(
    (each): each is string => typeof each === 'string' && /^(?:api|https):\/\//i.test(each),
  );
  directory.add({
    principalId: derivedGuid('service principal', clientId),
    clientId,
    kind: 'Application',
    displayName: clientId,
    ...existing,
    identifierUris: [...new Set([...(existing?.identifierUris ?? []), ...uris])],
  });
}

/**
 * Azure: what a GET shows where nothing else was set (seen in the bodies that Azure Integration support gives for
 * Logic Apps, and in the dump of the authentication container's own configuration).
 * Pretend: that these are all, and in every api-version.
 */
const DEFAULTS: Properties = {
  platform: { enabled: false, runtimeVersion: '~1' },
  globalValidation: {
    requireAuthentication: false,
    unauthenticatedClientAction: 'RedirectToLoginPage',
  },
  identityProviders: {
    azureActiveDirectory: {
      enabled: true,
      registration: {},
      login: { disableWWWAuthenticate: false },
      validation: {
        jwtClaimChecks: {},
        allowedAudiences: [],
        defaultAuthorizationPolicy: { allowedPrincipals: {} },
      },
    },
    facebook: { enabled: true, registration: {}, login: {} },
    gitHub: { enabled: true, registration: {}, login: {} },
    google: { enabled: true, registration: {}, login: {}, validation: {} },
    twitter: { enabled: true, registration: {} },
    legacyMicrosoftAccount: { enabled: true, registration: {}, login: {}, validation: {} },
    apple: { enabled: true, registration: {}, login: {} },
  },
  login: {
    routes: {},
    tokenStore: {
      enabled: false,
      tokenRefreshExtensionHours: 72,
      fileSystem: {},
      azureBlobStorage: {},
    },
    preserveUrlFragmentsForLogins: false,
    cookieExpiration: { convention: 'FixedTime', timeToExpiration: '08:00:00' },
    nonce: { validateNonce: true, nonceExpirationInterval: '00:05:00' },
  },
  httpSettings: {
    requireHttps: true,
    routes: { apiPrefix: '/.auth' },
    forwardProxy: { convention: 'NoProxy' },
  },
};

/** Throws 400 for what is not of the type of its default. */
function fillIn(given: Properties, defaults: Properties): Properties {
  const filled = Object.entries(defaults).map(([name, value]) => [name, read(given, name, value)]);
  return { ...given, ...Object.fromEntries(filled) };
}

function read(given: Properties, name: string, byDefault: unknown): unknown {
  if (typeof byDefault === 'boolean') return readFlag(given, name) ?? byDefault;
  if (Array.isArray(byDefault)) return readArray(given, name) ?? byDefault;
  if (typeof byDefault === 'object') {
    return fillIn(readObject(given, name) ?? {}, byDefault as Properties);
  }
  return given[name] ?? byDefault;
}

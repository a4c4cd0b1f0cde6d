import type { Resource } from '../resource-manager/resource.ts';

/** What is done with a call without a token that counts. */
export type UnauthenticatedAction =
  | 'AllowAnonymous'
  | 'RedirectToLoginPage'
  | 'Return401'
  | 'Return403'
  | 'Return404';

/** App Service authentication of one site, where it is on. */
export interface AuthSettings {
  readonly unauthenticatedAction: UnauthenticatedAction;
  readonly excludedPaths: readonly string[];
  /** `/.auth` */
  readonly apiPrefix: string;
  /** Absent: no token of Entra ID counts. */
  readonly entra?: EntraProvider;
}

/** `identityProviders.azureActiveDirectory`. */
export interface EntraProvider {
  readonly clientId: string;
  readonly openIdIssuer?: string;
  readonly audiences: readonly string[];
  readonly disableWWWAuthenticate: boolean;
  /** Each list asks for something only if it is not empty. */
  readonly allowedApplications: readonly string[];
  readonly allowedIdentities: readonly string[];
  readonly allowedGroups: readonly string[];
  /** `jwtClaimChecks` */
  readonly claimChecks: {
    readonly allowedClientApplications: readonly string[];
    readonly allowedGroups: readonly string[];
  };
}

/**
 * Reads `config/authsettingsV2`; undefined while `platform.enabled` is not true. What has the wrong type counts as
 * not set: the bodies of others are taken as they are.
 * Source: https://learn.microsoft.com/azure/templates/microsoft.web/sites/config-authsettingsv2
 */
export function readAuthSettings(config: Resource | undefined): AuthSettings | undefined {
  const { properties } = config ?? {};
  if (at(properties, 'platform', 'enabled') !== true) return undefined;
  const validation = at(properties, 'globalValidation');
  const entra = readEntra(at(properties, 'identityProviders', 'azureActiveDirectory'));
  return {
    unauthenticatedAction: readAction(validation),
    excludedPaths: texts(at(validation, 'excludedPaths')),
    apiPrefix: text(at(properties, 'httpSettings', 'routes', 'apiPrefix')) ?? '/.auth',
    ...(entra && { entra }),
  };
}

/**
 * Azure: a redirect without a provider to redirect to is a 401 [MicrosoftDocs/azure-docs#90689].
 * Pretend: without `requireAuthentication` nobody is asked for a token, and an unknown action is Azure's default,
 * the redirect.
 */
function readAction(validation: unknown): UnauthenticatedAction {
  if (at(validation, 'requireAuthentication') !== true) return 'AllowAnonymous';
  const action = at(validation, 'unauthenticatedClientAction');
  const known = ACTIONS.find((each) => each === action);
  if (known && known !== 'RedirectToLoginPage') return known;
  const provider = text(at(validation, 'redirectToProvider')) ?? '';
  return /^(aad|azureactivedirectory)$/i.test(provider) ? 'RedirectToLoginPage' : 'Return401';
}

const ACTIONS: readonly UnauthenticatedAction[] = [
  'AllowAnonymous',
  'RedirectToLoginPage',
  'Return401',
  'Return403',
  'Return404',
];

function readEntra(provider: unknown): EntraProvider | undefined {
  const clientId = text(at(provider, 'registration', 'clientId'));
  if (at(provider, 'enabled') === false || clientId === undefined) return undefined;
  const openIdIssuer = text(at(provider, 'registration', 'openIdIssuer'));
  const policy = at(provider, 'validation', 'defaultAuthorizationPolicy');
  const checks = at(provider, 'validation', 'jwtClaimChecks');
  return {
    clientId,
    ...(openIdIssuer !== undefined && { openIdIssuer }),
    // Azure: the client id always counts, `api://` in front of it does not
    // (https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad).
    audiences: [clientId, ...texts(at(provider, 'validation', 'allowedAudiences'))],
    disableWWWAuthenticate: at(provider, 'login', 'disableWWWAuthenticate') === true,
    allowedApplications: texts(at(policy, 'allowedApplications')),
    allowedIdentities: texts(at(policy, 'allowedPrincipals', 'identities')),
    allowedGroups: texts(at(policy, 'allowedPrincipals', 'groups')),
    claimChecks: {
      allowedClientApplications: texts(at(checks, 'allowedClientApplications')),
      allowedGroups: texts(at(checks, 'allowedGroups')),
    },
  };
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((each) => typeof each === 'string' && each !== '')
    : [];
}

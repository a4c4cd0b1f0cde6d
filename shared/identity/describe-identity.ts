import { STORAGE_SCOPE } from '../blobs.ts';
import { SQL_SCOPE } from '../database/login-credential.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { EVENT_HUBS_SCOPE } from '../event-hubs.ts';
import { KEY_VAULT_SCOPE } from '../key-vault.ts';
import { RESOURCE_MANAGER_SCOPE } from '../resource-manager.ts';
import { SERVICE_BUS_SCOPE } from '../service-bus.ts';
import type { Services } from '../services.ts';
import type { Settings } from '../settings.ts';
import type { TokenClaims } from './token-claims.ts';

/** The audiences of Azure's own services; a caller can name no other. */
export const tokenScopes = {
  'resource-manager': RESOURCE_MANAGER_SCOPE,
  'key-vault': KEY_VAULT_SCOPE,
  blobs: STORAGE_SCOPE,
  'event-hubs': EVENT_HUBS_SCOPE,
  'service-bus': SERVICE_BUS_SCOPE,
  database: SQL_SCOPE,
} as const;

const OF_MESSAGING: readonly string[] = ['event-hubs', 'service-bus'];
const OF_DATABASE: readonly string[] = ['database'];

/** By target: what the app asks tokens for, with what is off left out. */
export function scopesInUse(settings: Settings): Readonly<Record<string, string>> {
  const { isMessagingOn, isDatabaseOn } = settings;
  const own = Object.entries(tokenScopes).filter(
    ([target]) =>
      (isMessagingOn || !OF_MESSAGING.includes(target)) &&
      (isDatabaseOn || !OF_DATABASE.includes(target)),
  );
  return { ...Object.fromEntries(own), ...webApiScope(settings) };
}

function webApiScope(settings: Settings): { readonly 'web-api'?: string } {
  try {
    return { 'web-api': settings.need('WEB_API_SCOPE').WEB_API_SCOPE };
  } catch {
    return {}; // absent, or complained about elsewhere
  }
}

export interface IdentityDescription {
  readonly kind: string;
  readonly clientId?: string;
  readonly principalId?: string;
  readonly tenantId?: string;
  /** By target: claims of the token in use, or why there is none. */
  readonly tokens: Readonly<Record<string, TokenClaims | { readonly error: Problem }>>;
  /** Complaints about any setting. */
  readonly settingProblems: readonly string[];
}

interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly nextStep: string;
}

/** Who the app is. Answers whatever is wrong with the settings. */
export async function describeIdentity(
  services: Pick<Services, 'settings' | 'credential'>,
): Promise<IdentityDescription> {
  const tokens = Object.fromEntries(
    await Promise.all(
      Object.entries(scopesInUse(services.settings)).map(
        async ([target, scope]) => [target, await claimsOf(services, scope)] as const,
      ),
    ),
  );
  const claims = Object.values(tokens).find((one): one is TokenClaims => !('error' in one));
  return {
    ...configured(services),
    ...(claims?.appid ? { clientId: claims.appid } : {}),
    ...(claims?.oid ? { principalId: claims.oid } : {}),
    ...(claims?.tid ? { tenantId: claims.tid } : {}),
    tokens,
    settingProblems: services.settings.problems.map(({ message }) => message),
  };
}

function configured({ settings }: Pick<Services, 'settings'>): { kind: string; clientId?: string } {
  try {
    return { ...settings.need('IDENTITY_KIND').IDENTITY_KIND };
  } catch {
    return { kind: 'invalid' };
  }
}

/** Gets a token if there is none, and reads its claims. */
export async function claimsOf(
  services: Pick<Services, 'credential'>,
  scope: string,
): Promise<TokenClaims | { readonly error: Problem }> {
  try {
    const { credential } = services;
    await credential.getToken(scope);
    return credential.claimsInHand(scope) ?? {};
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, nextStep } = error;
    return { error: { code, message, nextStep } };
  }
}

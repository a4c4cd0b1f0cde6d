import type { Resource } from '../resource-manager/resource.ts';
import { bearerToken } from '../tokens/bearer-token.ts';
import { parseToken } from '../tokens/parse-token.ts';
import { type Caller, TokenError, type Tokens } from '../tokens/tokens.ts';
import type { AppServiceParts } from './app-service-parts.ts';
import { type AuthSettings, type EntraProvider, readAuthSettings } from './auth-settings.ts';
import { refuseByPolicy } from './authorization-policy.ts';
import { isExcluded } from './excluded-paths.ts';
import { issuesSuchTokens } from './openid-issuer.ts';
import type { AuthenticatedCall } from './principal-headers.ts';
import { forbidden, hidden, noSignIn, redirectToSignIn, unauthorized } from './refusals.ts';
import type { Site } from './site.ts';

export interface SiteCall {
  readonly site: Site;
  /** Without dot segments. */
  readonly url: URL;
  /** As Node gives them. */
  readonly rawHeaders: readonly string[];
  readonly accept: string;
}

/**
 * What App Service authentication makes of a call: the caller, or undefined for a call that goes on without one.
 * `known` is told the caller as soon as the token counts. Throws the ServiceError that refusals.ts renders.
 * Source: https://learn.microsoft.com/azure/app-service/overview-authentication-authorization
 */
export async function decideCall(
  parts: AppServiceParts,
  call: SiteCall,
  known: (caller: Caller) => void,
): Promise<AuthenticatedCall | undefined> {
  const { id } = call.site.resource;
  const settings = readAuthSettings(parts.findResource(`${id}/config/authsettingsV2`));
  if (!settings) return undefined;
  if (isExcluded([settings.apiPrefix], call.url.pathname)) throw noSignIn();
  if (isExcluded(settings.excludedPaths, call.url.pathname)) return undefined;
  const found = await authenticate(parts.tokens, settings.entra, call.rawHeaders);
  if (found instanceof TokenError) return withoutToken(parts, settings, call, found);
  const { caller, provider, token } = found;
  known(caller);
  requirePolicy(parts, call.site, provider, caller);
  return { principalId: caller.principalId, token, claims: parseToken(token).claims };
}

async function authenticate(
  tokens: Tokens,
  provider: EntraProvider | undefined,
  rawHeaders: readonly string[],
): Promise<{ caller: Caller; provider: EntraProvider; token: string } | TokenError> {
  try {
    const token = bearerToken(rawHeaders);
    if (!provider) return new TokenError('issuer', 'The site has no registration in Entra ID.');
    const caller = await tokens.verify(token, provider.audiences);
    if (issuesSuchTokens(provider.openIdIssuer, caller)) return { caller, provider, token };
    return new TokenError('issuer', "openIdIssuer is not the issuer of the caller's token.");
  } catch (error) {
    if (error instanceof TokenError) return error;
    throw error;
  }
}

/** Pretend: a token that does not count is as none, so where everybody may call, its bearer may too. */
function withoutToken(
  { clock, directory: { tenantId } }: AppServiceParts,
  settings: AuthSettings,
  { site, url, accept }: SiteCall,
  { problem }: TokenError,
): undefined {
  const { unauthenticatedAction, entra, apiPrefix } = settings;
  if (unauthenticatedAction === 'AllowAnonymous') return undefined;
  if (unauthenticatedAction === 'Return403') throw forbidden(problem);
  if (unauthenticatedAction === 'Return404') throw hidden(problem);
  // Azure: only browsers (https://github.com/yeongseon/azure-paas-troubleshooting-labs, easy-auth-redirect-loop).
  if (unauthenticatedAction === 'RedirectToLoginPage' && entra && /\btext\/html\b/i.test(accept)) {
    const target = url.pathname + url.search;
    throw redirectToSignIn(site, entra, { target, tenantId, apiPrefix, nowMs: clock.nowMs() });
  }
  throw unauthorized(site, entra, tenantId, problem);
}

function requirePolicy(
  { journal, findResource }: AppServiceParts,
  { resource: { id } }: Site,
  provider: EntraProvider,
  caller: Caller,
): void {
  const allowedTenants = settingOf(findResource(`${id}/config/appsettings`));
  const refusal = refuseByPolicy(provider, caller, allowedTenants);
  journal.record({
    kind: 'decision',
    allowed: refusal === undefined,
    principalId: caller.principalId,
    action: 'call',
    scope: id,
    why: refusal ?? 'App Service authentication of the site lets the caller in.',
  });
  if (refusal !== undefined) throw forbidden('AuthorizationPolicy');
}

function settingOf(settings: Resource | undefined): string | undefined {
  const value = settings?.properties.WEBSITE_AUTH_AAD_ALLOWED_TENANTS;
  return typeof value === 'string' ? value : undefined;
}

import { issuerOf } from '../tokens/check-claims.ts';

/** Where the tenant's issuers have their metadata. */
const AUTHORITY =
  /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.com|login\.windows\.net)\/([^/]+)(\/v2\.0)?\/?(?:\.well-known\/openid-configuration)?$/i;

export interface OpenIdIssuer {
  /** As the setting names it: an id, or `common` and its like. */
  readonly tenant: string;
  readonly version: '1.0' | '2.0';
}

/** Takes `openIdIssuer` apart; undefined for an issuer that is not Entra ID of the public cloud. */
export function parseOpenIdIssuer(address: string): OpenIdIssuer | undefined {
  const [, tenant, v2] = AUTHORITY.exec(address) ?? [];
  return tenant === undefined ? undefined : { tenant, version: v2 === undefined ? '1.0' : '2.0' };
}

/**
 * Whether the issuer that `openIdIssuer` names gives tokens like the caller's. Azure: for tokens of version 1.0, as
 * managed identities have them for an application that asks for no other, `/v2.0` must be left out
 * (https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad).
 * Pretend: so too at sts.windows.net, and no setting stands for the tenant's own issuer.
 */
export function issuesSuchTokens(
  openIdIssuer: string | undefined,
  caller: { readonly issuer: string; readonly tenantId: string },
): boolean {
  if (openIdIssuer === undefined) return caller.issuer === issuerOf(caller.tenantId);
  const issuer = parseOpenIdIssuer(openIdIssuer);
  if (!issuer) return false;
  const tenant = issuer.tenant.toLowerCase();
  const isOurs = tenant === caller.tenantId || tenant === 'common' || tenant === 'organizations';
  return isOurs && issuer.version === '1.0' && caller.issuer === issuerOf(caller.tenantId);
}

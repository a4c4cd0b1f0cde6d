const LOGIN = 'https://login.microsoftonline.com';

/** Names that stand for every tenant: their documents have a placeholder where the tenant's id goes. */
export const sharedTenants = ['common', 'organizations', 'consumers'];

const SHARED = {
  token_endpoint_auth_methods_supported: [
    'client_secret_post',
    'private_key_jwt',
    'client_secret_basic',
  ],
  response_modes_supported: ['query', 'fragment', 'form_post'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
} as const;

const CLOUD = {
  tenant_region_scope: 'WW',
  cloud_instance_name: 'microsoftonline.com',
  cloud_graph_host_name: 'graph.windows.net',
  msgraph_host: 'graph.microsoft.com',
  rbac_url: 'https://pas.windows.net',
} as const;

const V2_CLAIMS =
  'sub iss cloud_instance_name cloud_instance_host_name cloud_graph_host_name msgraph_host aud exp iat auth_time acr nonce preferred_username name tid ver at_hash c_hash email';
const V1_CLAIMS =
  'sub iss cloud_instance_name cloud_instance_host_name cloud_graph_host_name msgraph_host aud exp iat auth_time acr amr nonce email given_name family_name nickname';

/**
 * The OpenID configuration of a tenant; for `common` and its like the issuer has `{tenantid}` in it.
 * Tokens of managed identities are of version 1.0.
 * Source: the documents that AzureAD/microsoft-authentication-library-for-js replays in its tests
 */
export function openIdMetadata(tenant: string, version: '1.0' | '2.0') {
  const authority = `${LOGIN}/${tenant}`;
  const issuerTenant = sharedTenants.includes(tenant) ? '{tenantid}' : tenant;
  return version === '2.0' ? v2(authority, issuerTenant) : v1(authority, issuerTenant);
}

function v2(authority: string, issuerTenant: string) {
  return {
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    ...SHARED,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${LOGIN}/${issuerTenant}/v2.0`,
    request_uri_parameter_supported: false,
    userinfo_endpoint: 'https://graph.microsoft.com/oidc/userinfo',
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${authority}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
    claims_supported: V2_CLAIMS.split(' '),
    kerberos_endpoint: `${authority}/kerberos`,
    ...CLOUD,
  };
}

function v1(authority: string, issuerTenant: string) {
  return {
    token_endpoint: `${authority}/oauth2/token`,
    ...SHARED,
    jwks_uri: `${authority}/discovery/keys`,
    response_types_supported: ['code', 'id_token', 'code id_token', 'token id_token', 'token'],
    scopes_supported: ['openid'],
    issuer: `https://sts.windows.net/${issuerTenant}/`,
    microsoft_multi_refresh_token: true,
    authorization_endpoint: `${authority}/oauth2/authorize`,
    device_authorization_endpoint: `${authority}/oauth2/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${authority}/oauth2/logout`,
    claims_supported: V1_CLAIMS.split(' '),
    check_session_iframe: `${authority}/oauth2/checksession`,
    userinfo_endpoint: `${authority}/openid/userinfo`,
    kerberos_endpoint: `${authority}/kerberos`,
    ...CLOUD,
  };
}

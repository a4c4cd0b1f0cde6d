/** A call whose token counts. */
export interface AuthenticatedCall {
  readonly principalId: string;
  readonly token: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Azure: requests from outside can't set them; they are there only if App Service set them
 * (https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities). Some frameworks read
 * `X_MS_…` as the same name.
 */
export function isPrincipalHeader(name: string): boolean {
  return /^x-ms-(?:client-principal|token-)/.test(name.toLowerCase().replaceAll('_', '-'));
}

/**
 * What App Service tells the program of its caller. Sources: the page above for the names and the JSON,
 * https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad for the access token.
 * Pretend: an application has no name, so its object id stands for it.
 */
export function principalHeaders(call: AuthenticatedCall): Readonly<Record<string, string>> {
  return {
    'X-MS-CLIENT-PRINCIPAL': Buffer.from(JSON.stringify(clientPrincipal(call))).toString('base64'),
    'X-MS-CLIENT-PRINCIPAL-ID': call.principalId,
    'X-MS-CLIENT-PRINCIPAL-NAME': call.principalId,
    'X-MS-CLIENT-PRINCIPAL-IDP': 'aad',
    'X-MS-TOKEN-AAD-ACCESS-TOKEN': call.token,
  };
}

const MICROSOFT = 'http://schemas.microsoft.com/identity/claims';
const XML_SOAP = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';

/**
 * Azure: claims go by the names that .NET gives them; the others keep theirs
 * (AzureAD/azure-activedirectory-identitymodel-extensions-for-dotnet, ClaimTypeMapping.cs).
 */
const CLAIM_TYPES: Readonly<Record<string, string>> = {
  idp: `${MICROSOFT}/identityprovider`,
  oid: `${MICROSOFT}/objectidentifier`,
  sub: `${XML_SOAP}/nameidentifier`,
  tid: `${MICROSOFT}/tenantid`,
};

function clientPrincipal({ claims }: AuthenticatedCall): object {
  return {
    auth_typ: 'aad',
    claims: Object.entries(claims).flatMap(([name, value]) =>
      [value].flat().map((each) => ({ typ: CLAIM_TYPES[name] ?? name, val: asText(each) })),
    ),
    name_typ: `${XML_SOAP}/emailaddress`,
    role_typ: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
  };
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

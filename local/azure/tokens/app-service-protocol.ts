import { ServiceError } from '../http/service-error.ts';
import type { SelectorParameters } from './identity-selector.ts';
import type { IssuedToken } from './tokens.ts';

/** One api-version of the App Service token endpoint. */
export interface AppServiceProtocol {
  /** Name of the header that holds IDENTITY_HEADER, lower case. */
  readonly secretHeader: string;
  readonly selectors: SelectorParameters;
  toBody(token: IssuedToken, resource: string, clientId: string): object;
}

const protocols = new Map<string, AppServiceProtocol>(
  Object.entries({
    '2019-08-01': {
      secretHeader: 'x-identity-header',
      selectors: {
        client_id: 'clientId',
        principal_id: 'principalId',
        object_id: 'principalId',
        mi_res_id: 'resourceId',
      },
      // Source: [Azure/azure-sdk-for-python#11346]: no expires_in.
      toBody: (token, resource, clientId) => ({
        access_token: token.accessToken,
        expires_on: String(token.expiresOn),
        resource,
        token_type: 'Bearer',
        client_id: clientId,
      }),
    },
    '2017-09-01': {
      secretHeader: 'secret',
      selectors: { clientid: 'clientId' },
      toBody: (token, resource) => ({
        access_token: token.accessToken,
        expires_on: toDotNetTime(token.expiresOn),
        resource,
        token_type: 'Bearer',
      }),
    },
  } satisfies Record<string, AppServiceProtocol>),
);

/**
 * Throws ServiceError 400 for a version that is missing or that the endpoint does not have.
 * Source: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function appServiceProtocol(apiVersion: string | undefined): AppServiceProtocol {
  const protocol = protocols.get(apiVersion ?? '');
  if (protocol) return protocol;
  // Pretend: the words are those of ASP.NET's API versioning; nobody has recorded the endpoint's own.
  throw apiVersion === undefined
    ? new ServiceError(
        400,
        'ApiVersionUnspecified',
        'An API version is required, but was not specified.',
      )
    : new ServiceError(
        400,
        'UnsupportedApiVersion',
        `The API version '${apiVersion}' is not supported.`,
      );
}

/** `11/05/2026 15:18:31 +00:00`. Source: Azure/azure-sdk-for-python, azure-identity, `_parse_app_service_expires_on` */
function toDotNetTime(seconds: number): string {
  const [date = '', time = ''] = new Date(seconds * 1000).toISOString().split(/[T.]/);
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year} ${time} +00:00`;
}

import type { ServiceRequest } from '../http/json-service.ts';
import { ServiceError } from '../http/service-error.ts';

/** Oldest first. Source: Azure/azure-rest-api-specs, imds 2023-07-01, examples/GetVersions.json */
export const imdsVersions = [
  '2017-03-01,2017-04-02,2017-08-01,2017-10-01,2017-12-01,2018-02-01,2018-04-02,2018-10-01',
  '2019-02-01,2019-03-11,2019-04-30,2019-06-01,2019-06-04,2019-08-01,2019-08-15,2019-11-01',
  '2020-06-01,2020-07-15,2020-09-01,2020-10-01,2020-12-01,2021-01-01,2021-02-01,2021-03-01',
  '2021-05-01,2021-08-01,2021-10-01,2021-11-01,2021-11-15,2021-12-13,2023-07-01',
].flatMap((line) => line.split(','));

/** The first version that had tokens. Source: how-to-use-vm-token ("2018-02-01 or greater") */
export const firstIdentityVersion = '2018-02-01';

/**
 * What IMDS asks of every request, so that no page and no proxy can be made to send one.
 * Throws ServiceError.
 * Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#security-and-authentication
 */
export function assertImdsRequest({ method, headers }: ServiceRequest): void {
  if (method !== 'GET') {
    throw new ServiceError(405, 'method_not_allowed', 'The HTTP method is not supported.');
  }
  if (headers['x-forwarded-for'] !== undefined) {
    // Pretend: that it is refused is documented, the words are not.
    throw new ServiceError(400, 'invalid_request', 'Requests with X-Forwarded-For are not allowed');
  }
  // Azure: `true` in lower case. Source: [R43] for the words, how-to-use-vm-token for the case.
  if (headers.metadata !== 'true') {
    throw new ServiceError(400, 'invalid_request', 'Required metadata header not specified');
  }
}

/**
 * Throws the ServiceError 400 that names the newest versions (`toVersionErrorBody`).
 * Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#versions
 */
export function assertImdsVersion(apiVersion: string | undefined, oldest = ''): void {
  if (apiVersion !== undefined && apiVersion >= oldest && imdsVersions.includes(apiVersion)) return;
  const what = apiVersion === undefined ? 'was not' : 'is invalid or was not';
  const message = `Bad request. api-version ${what} specified in the request. For more information refer to aka.ms/azureimds`;
  throw new ServiceError(400, VERSION_ERROR, message);
}

const VERSION_ERROR = 'api_version';

/** Undefined for any other error. */
export function toVersionErrorBody(error: ServiceError): object | undefined {
  if (error.code !== VERSION_ERROR) return undefined;
  return { error: error.message, 'newest-versions': imdsVersions.slice(-3).reverse() };
}

import type { Directory } from '../directory.ts';
import type { ServiceError } from '../http/service-error.ts';
import { entraError } from './entra-error.ts';

/**
 * Why Entra ID gives no token for this request. There is never one: nobody in the embedded tenant
 * has a secret or certificate, and managed identities get theirs from their own endpoint.
 * `body` is the form of a POST to `oauth2/v2.0/token`.
 * Pretend: the words are those of Entra's error list; which of two faults it names first is a guess.
 * Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export function refuseTokenRequest(body: Buffer, directory: Directory): ServiceError {
  const form = new URLSearchParams(body.toString('utf8'));
  const absent = ['grant_type', 'client_id'].find((name) => !form.get(name));
  if (absent) {
    const text = `The request body must contain the following parameter: '${absent}'.`;
    return entraError(90_0144, text);
  }
  const clientId = form.get('client_id') ?? '';
  if (!directory.findByClientId(clientId)) {
    const text =
      `Application with identifier '${clientId}' was not found in the directory '${directory.tenantId}'. ` +
      'This can happen if the application has not been installed by the administrator of the tenant ' +
      'or consented to by any user in the tenant. ' +
      'You may have sent your authentication request to the wrong tenant.';
    return entraError(70_0016, text);
  }
  const grantType = form.get('grant_type') ?? '';
  if (grantType !== 'client_credentials') {
    return entraError(70_003, `The app requested an unsupported grant type '${grantType}'.`);
  }
  if (form.has('client_assertion')) {
    const text = 'No matching federated identity record found for presented assertion.';
    return entraError(70_021, text);
  }
  if (!form.has('client_secret')) {
    const text =
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.";
    return entraError(700_0216, text);
  }
  const text =
    'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, ' +
    `not the client secret ID, for a secret added to app '${clientId}'.`;
  return entraError(700_0215, text);
}

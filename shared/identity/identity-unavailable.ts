import { AppError } from '../errors.ts';
import type { IdentityAnswer } from './identity-exchange.ts';

type Explanation = readonly [message: string, nextStep: string];

/** The endpoint's refusals, in its own words (recorded traffic and public threads), and their cure. */
const KNOWN: readonly {
  readonly said: RegExp;
  readonly explain: (clientId: string | undefined) => Explanation;
}[] = [
  {
    said: /No User Assigned or Delegated Managed Identity found|Identity not found/i,
    explain: (clientId) =>
      clientId === undefined
        ? [
            'This app has no system-assigned identity, which IDENTITY_KIND asks for',
            'Switch it on; or set IDENTITY_KIND to userAssigned and AZURE_CLIENT_ID to the client id of an assigned one.',
          ]
        : [
            `The identity ${clientId} that AZURE_CLIENT_ID names is not assigned to this app`,
            'Assign it to the app, or correct AZURE_CLIENT_ID (its client id); for a system-assigned one, IDENTITY_KIND must be systemAssigned.',
          ],
  },
  {
    said: /Multiple user assigned identities|specify the clientId/i,
    explain: () => [
      'The app has several identities and none was named',
      'Set IDENTITY_KIND to userAssigned and AZURE_CLIENT_ID to the client id to use.',
    ],
  },
  {
    said: /AADSTS500011|AADSTS50001\b|resource principal/i,
    explain: () => [
      'The tenant knows no service by this audience',
      'Correct the address of the target, from which the audience comes, or WEB_API_SCOPE: an API of your own needs an app registration with that URI.',
    ],
  },
];

/** Why there is no token, from the last answer of the endpoint. */
export function identityUnavailable(
  scope: string,
  answer: IdentityAnswer | undefined,
  cause: unknown,
): AppError {
  const known = KNOWN.find(({ said }) => said.test(answer?.message ?? ''));
  const [message, cure] = known?.explain(answer?.clientId) ?? [happened(answer), nextStep(answer)];
  return new AppError({
    code: 'IDENTITY_UNAVAILABLE',
    target: 'identity',
    message: `${message} (token for ${scope.replace(/\/\.default$/, '')}).`,
    nextStep: cure,
    ...(answer?.status === undefined ? {} : { status: answer.status }),
    ...(answer?.retryAfterSeconds === undefined
      ? {}
      : { retryAfterSeconds: answer.retryAfterSeconds }),
    cause,
  });
}

function happened(answer: IdentityAnswer | undefined): string {
  if (!answer) return 'There is no token';
  const { endpoint, status, failure, message } = answer;
  if (failure === 'ETIMEDOUT') return `The identity endpoint ${endpoint} did not answer`;
  if (failure !== undefined)
    return `The identity endpoint ${endpoint} can't be reached (${failure})`;
  if (status !== undefined && status < 400) {
    return `The identity endpoint ${endpoint} gave an unreadable answer`;
  }
  return `The identity endpoint ${endpoint} answered ${status}${message ? `: ${message}` : ''}`;
}

function nextStep(answer: IdentityAnswer | undefined): string {
  if (answer?.status === 400) {
    return 'Check that the app has the identity which IDENTITY_KIND and AZURE_CLIENT_ID name.';
  }
  if (answer?.status === 401 || answer?.status === 403) {
    return 'The endpoint refused IDENTITY_HEADER: restart the app if the platform has just moved it.';
  }
  return "The platform's endpoint is at fault: try again, then restart the app.";
}

/** App Service sets IDENTITY_ENDPOINT only for an app that has an identity. */
export function noIdentityEndpoint(): AppError {
  return new AppError({
    code: 'IDENTITY_UNAVAILABLE',
    target: 'identity',
    message: 'This app has no managed identity: IDENTITY_ENDPOINT and IDENTITY_HEADER are not set.',
    nextStep:
      'Switch the system-assigned identity on, or assign a user-assigned one, and restart the app.',
  });
}

/** The developer's chain found nobody signed in. */
export function notSignedIn(cause: unknown): AppError {
  return new AppError({
    code: 'IDENTITY_UNAVAILABLE',
    target: 'identity',
    message: 'IDENTITY_KIND is absent, and no developer is signed in on this machine.',
    nextStep: 'In Azure set IDENTITY_KIND; on your machine run az login or azd auth login.',
    cause,
  });
}

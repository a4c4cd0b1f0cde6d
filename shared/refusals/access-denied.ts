import { AppError, type DeniedAccess } from '../errors.ts';
import type { Operation } from '../operations.ts';

/**
 * A 403 for want of a role. `told`: what the target's own text names; the manifest and the token give the rest.
 * `nextStep`: where it is no role assignment that is missing.
 */
export function accessDenied(
  operation: Operation,
  told: { readonly principalId?: string; readonly action?: string; readonly scope?: string },
  facts: { readonly principalId: string | undefined; readonly cause: unknown },
  nextStep?: string,
): AppError {
  const principalId = told.principalId ?? facts.principalId;
  const access: DeniedAccess = {
    ...(principalId === undefined ? {} : { principalId }),
    action: told.action ?? operation.action,
    scope: told.scope ?? operation.scope,
    role: operation.role.name,
  };
  return new AppError({
    code: 'ACCESS_DENIED',
    target: operation.target,
    message: `${principalId ? `The identity ${principalId}` : "The app's identity"} may not ${operation.purpose}: ${access.action} was refused on ${access.scope}.`,
    nextStep:
      nextStep ??
      `Grant it the role ${access.role} on that scope or above. A grant of the last minutes may still be on its way; a token is kept for up to 24 hours.`,
    access,
    status: 403,
    cause: facts.cause,
  });
}

/** A 401: the target does not take the token at all, so no role would help. */
export function tokenRefused(operation: Operation, said: string, cause: unknown): AppError {
  const known = TOKEN_FAULTS.find(({ pattern }) => pattern.test(said));
  return new AppError({
    code: 'ACCESS_DENIED',
    target: operation.target,
    message: `${operation.target} did not accept the app's token${known ? `: ${known.fault}` : ''}.`,
    nextStep: known?.nextStep ?? 'Ask GET /api/diagnose for the claims of the token.',
    status: 401,
    cause,
  });
}

/** Azure: words of ARM (InvalidAuthenticationToken…), Key Vault (AKV…) and storage. */
const TOKEN_FAULTS = [
  {
    pattern: /audience|AKV10022/i,
    fault: 'it was issued for another audience',
    nextStep: 'Check the address of the target: the token is asked for by its service.',
  },
  {
    pattern: /ExpiredAuthenticationToken|expired|AKV10002|lifetime/i,
    fault: 'it has expired',
    nextStep: "Check the clock of the app's machine against the target's Date header.",
  },
  {
    pattern: /InvalidAuthenticationTokenTenant|issuer|AKV10032|tenant/i,
    fault: 'it comes from another tenant',
    nextStep: 'The identity and the target must belong to the same Entra tenant.',
  },
  {
    pattern: /signature|signing key|AKV10005/i,
    fault: 'its signature is not trusted',
    nextStep: 'It was not issued by Entra: see what IDENTITY_ENDPOINT points to.',
  },
  {
    pattern: /InvalidAuthenticationToken/i, // ARM says no more of it
    fault: 'it is damaged, or was not issued by Entra',
    nextStep: 'See what IDENTITY_ENDPOINT points to.',
  },
] as const;

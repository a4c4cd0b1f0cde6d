import type { AppError } from '../errors.ts';
import type { TokenClaims } from '../identity/token-claims.ts';
import type { TargetDiagnosis } from './diagnose.ts';

type Explanation = Pick<TargetDiagnosis, 'verdict' | 'message' | 'nextStep' | 'access'>;

/** What a failed probe means, beyond what the error says of itself. */
export function explain(
  error: AppError,
  seen: { readonly token?: TokenClaims; readonly secretName: string | undefined },
): Explanation {
  const { code, message, nextStep, access } = error;
  const plain = { verdict: code, message, nextStep, ...(access ? { access } : {}) };
  if (code !== 'ACCESS_DENIED' || !access || WITHOUT_ROLE_ASSIGNMENTS.has(error.target))
    return plain;
  if (error.target === 'key-vault' && seen.secretName === undefined) {
    return {
      verdict: 'unclear',
      message:
        'The vault took the token. The identity may not read every secret in it, as is right where the role is granted on single secrets.',
      nextStep: 'Name one to know: GET /api/diagnose?secret=<name>.',
    };
  }
  return {
    ...plain,
    nextStep: `${nextStep} ${adviceOnGrants(error.target, seen.token, access.scope)}`,
  };
}

/** They let in by rules of their own. */
const WITHOUT_ROLE_ASSIGNMENTS: ReadonlySet<string> = new Set(['database', 'web-api']);

/** What people get wrong when a role seems to be there. */
function adviceOnGrants(target: string, token: TokenClaims | undefined, scope: string): string {
  return [
    token?.iat
      ? `This token was issued at ${token.iat}: membership of a group that was granted later shows only in a newer one (up to 24 hours; restart the app to get one).`
      : '',
    token?.oid
      ? `Look at what it has: az role assignment list --assignee ${token.oid} --all${subscriptionOption(scope)}.`
      : '',
    DATA_ROLE_ADVICE[target] ?? '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** Azure: `--all` means the subscription that az is set to. https://learn.microsoft.com/cli/azure/role/assignment */
function subscriptionOption(scope: string): string {
  const [, subscriptionId] = /^\/subscriptions\/([^/]+)/i.exec(scope) ?? [];
  return subscriptionId === undefined ? '' : ` --subscription ${subscriptionId}`;
}

/** Azure: management roles hold no dataActions. https://learn.microsoft.com/azure/role-based-access-control/role-definitions#control-and-data-actions */
const DATA_ROLE_ADVICE: Readonly<Record<string, string>> = {
  'key-vault': 'Owner and Contributor of the vault read no secrets: it takes a data role.',
  blobs: 'Owner and Contributor of the account read no blobs by identity: it takes a data role.',
  'event-hubs': 'Owner and Contributor of the namespace send no events: it takes a data role.',
  'service-bus':
    'Owner and Contributor of the namespace send and receive no messages: it takes a data role.',
};

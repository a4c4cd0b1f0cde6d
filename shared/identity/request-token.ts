// The one ladder of token requests: all callers of an audience stand on it together (token-cache.ts).
import type { AccessToken } from '@azure/core-auth';
import { sleep } from '../deadline.ts';
import { type IdentityAnswer, observed } from './identity-exchange.ts';
import { identityUnavailable } from './identity-unavailable.ts';

export interface LadderLimits {
  /** When the last attempt must be over. */
  readonly totalMs: number;
  /** How long one silent attempt is waited for. */
  readonly attemptMs: number;
}

/** A function answers within 10 s of a silent endpoint: this leaves it time to say so. */
export const LIMITS: LadderLimits = { totalMs: 8_000, attemptMs: 4_000 };
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 2_000;
/** With less time an attempt would only hide what the one before has met. */
const LEAST_ATTEMPT_MS = 200;

/** Azure: IMDS asks for retries on 404, 410, 429 and 5xx. https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#error-handling */
const GIVE_UP = new Set([400, 403]);

/**
 * Asks until there is a token, for `limits.totalMs` at most. A 400 means that asking again won't help.
 * Throws IDENTITY_UNAVAILABLE with what the endpoint said last.
 */
export async function requestToken(
  ask: () => Promise<AccessToken | null>,
  scope: string,
  limits: LadderLimits = LIMITS,
): Promise<AccessToken> {
  const endsAtMs = performance.now() + limits.totalMs;
  for (let attempt = 0; ; attempt++) {
    const { result, error, answer } = await observed(
      { endsAtMs, attemptMs: limits.attemptMs },
      () => fresh(ask),
    );
    if (result) return result;
    const delayMs = delayBefore(attempt, answer);
    const givenUp = answer?.status !== undefined && GIVE_UP.has(answer.status);
    const isLast = performance.now() + delayMs + LEAST_ATTEMPT_MS >= endsAtMs;
    if (!answer || givenUp || isLast) {
      throw identityUnavailable(scope, answer, error);
    }
    await sleep(delayMs);
  }
}

/** msal-node renews at half-life, but still hands out the old token of which it renewed; the next call has the new one. */
async function fresh(ask: () => Promise<AccessToken | null>): Promise<AccessToken | null> {
  const token = await ask();
  const isRenewed = token?.refreshAfterTimestamp && token.refreshAfterTimestamp <= Date.now();
  return isRenewed ? ask() : token;
}

function delayBefore(attempt: number, answer: IdentityAnswer | undefined): number {
  if (answer?.retryAfterSeconds !== undefined) return answer.retryAfterSeconds * 1000;
  const step = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return step * (0.8 + 0.4 * Math.random());
}

// Two policies that every HTTP client gets. SDKs alone wait for ever on a silent server, keep a caller waiting for any
// Retry-After, and the ARM client follows a foreign nextLink and sends the token along.
import type { PipelinePolicy, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { remainingMs, sleep } from './deadline.ts';
import { AppError, type Target } from './errors.ts';

export interface CallRules {
  readonly target: Target;
  /** Host names that may get the token: those of the settings. */
  readonly hosts: readonly string[];
  /** How long one attempt may take, its body included. */
  readonly attemptMs: number;
}

interface AdditionalPolicy {
  readonly policy: PipelinePolicy;
  readonly position: 'perCall' | 'perRetry';
}

/** Attempts after a failure that may pass; a 429 is waited for as long as there is time. */
const ATTEMPTS = 3;
const FIRST_DELAY_MS = 200;
/** So that what an attempt met is told before the whole operation is given up. */
export const MARGIN_MS = 150;
/** With less time an attempt would only hide what the one before has met. */
const LEAST_ATTEMPT_MS = 500;

/** The last refusal to each request: SDK errors keep only parts of it (arm-resources 8 drops a page's error body). */
const refusals = new WeakMap<PipelineRequest, PipelineResponse>();

export function refusalTo(request: PipelineRequest | undefined): PipelineResponse | undefined {
  return request && refusals.get(request);
}

/** Both policies, as `additionalPolicies` of a client whose own retries are off. */
export function azureCallPolicies(rules: CallRules): AdditionalPolicy[] {
  return [
    { policy: patiencePolicy(rules), position: 'perCall' },
    { policy: guardPolicy(rules), position: 'perRetry' },
  ];
}

/** Tries again while the operation has time left, at 429 as told by Retry-After. */
function patiencePolicy(rules: CallRules): PipelinePolicy {
  return {
    name: 'patiencePolicy',
    async sendRequest(request, next) {
      for (let attempt = 1; ; attempt++) {
        const outcome = await settle(() => next(request));
        const delayMs = delayAfter(outcome, attempt, rules.attemptMs);
        if (delayMs === undefined || delayMs + LEAST_ATTEMPT_MS >= remainingMs()) {
          if ('error' in outcome) throw outcome.error;
          return outcome.response;
        }
        await sleep(delayMs, request.abortSignal as AbortSignal | undefined);
      }
    },
  };
}

type Outcome = { readonly response: PipelineResponse } | { readonly error: unknown };

async function settle(send: () => Promise<PipelineResponse>): Promise<Outcome> {
  try {
    return { response: await send() };
  } catch (error) {
    return { error };
  }
}

const PASSING_FAILURES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'REQUEST_SEND_ERROR',
  'PARSE_ERROR',
]);

/** Milliseconds until the next attempt; undefined: this outcome is final. */
function delayAfter(outcome: Outcome, attempt: number, attemptMs: number): number | undefined {
  const response = 'response' in outcome ? outcome.response : responseIn(outcome.error);
  if (!response) {
    const { error } = outcome as { readonly error: unknown };
    if (error instanceof AppError) return undefined;
    const { code } = error as { readonly code?: unknown };
    if (code === 'ETIMEDOUT' && (attempt > 1 || remainingMs() < attemptMs)) return undefined;
    const mayPass = PASSING_FAILURES.has(String(code)) && attempt < ATTEMPTS;
    return mayPass ? backoffMs(attempt) : undefined;
  }
  const { status } = response;
  const told = retryAfterSeconds(response);
  if (status === 429) return told === undefined ? backoffMs(attempt) : told * 1000;
  if (status !== 408 && status < 500) return undefined;
  if (attempt >= ATTEMPTS) return undefined;
  return told === undefined ? backoffMs(attempt) : told * 1000;
}

function backoffMs(attempt: number): number {
  return FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.8 + 0.4 * Math.random());
}

/** The storage SDK throws refusals inside of its pipeline; the others throw them behind it. */
function responseIn(error: unknown): PipelineResponse | undefined {
  const { response } = error as { readonly response?: PipelineResponse };
  return response && response.status >= 400 ? response : undefined;
}

/** Seconds of Retry-After, which is a number or an HTTP date. */
export function retryAfterSeconds(response: PipelineResponse): number | undefined {
  const text = response.headers.get('retry-after');
  if (!text) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(text);
  const sent = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) return undefined;
  return Math.max(0, (date - (Number.isNaN(sent) ? Date.now() : sent)) / 1000);
}

/** An answer that began well and then broke off (ECONNRESET), fell silent (ETIMEDOUT) or was not whole (PARSE_ERROR). */
export class BrokenAnswer extends Error {
  readonly code: 'ECONNRESET' | 'ETIMEDOUT' | 'PARSE_ERROR';

  constructor(code: BrokenAnswer['code']) {
    super('The answer is broken.');
    this.code = code;
  }
}

/** Repeats a read whose answer is broken: that shows only when it is parsed, behind the pipeline and its policies. */
export async function untilReadable<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      const delayMs = backoffMs(attempt);
      const isBroken =
        error instanceof BrokenAnswer || (error as { code?: unknown }).code === 'PARSE_ERROR';
      const hasTime = attempt < ATTEMPTS && delayMs + LEAST_ATTEMPT_MS < remainingMs();
      if (!isBroken || !hasTime) throw error;
      await sleep(delayMs);
    }
  }
}

/** The last step before the wire: the token goes to named hosts only, and an attempt ends. */
function guardPolicy(rules: CallRules): PipelinePolicy {
  return {
    name: 'guardPolicy',
    async sendRequest(request, next) {
      assertNamedHost(request.url, rules);
      const limitMs = Math.max(1, Math.min(rules.attemptMs, remainingMs() - MARGIN_MS));
      request.timeout = limitMs;
      const startedMs = performance.now();
      try {
        const response = await next(request);
        if (response.status >= 400) refusals.set(request, response);
        else refusals.delete(request); // Key Vault's challenge is a refusal too: it was answered.
        return response;
      } catch (error) {
        const isOurs = (error as Error).name === 'AbortError' && !request.abortSignal?.aborted;
        if (isOurs && performance.now() - startedMs >= limitMs - 5)
          throw timedOut(request, limitMs);
        throw error;
      }
    },
  };
}

/** Throws UNEXPECTED for an address that is not https at one of the named hosts. */
export function assertNamedHost(
  address: string,
  { hosts, target }: Pick<CallRules, 'hosts' | 'target'>,
): void {
  const url = new URL(address, 'invalid://relative');
  const isPlain = url.protocol === 'https:' && url.port === '' && url.username === '';
  if (isPlain && hosts.some((host) => host.toLowerCase() === url.hostname)) return;
  throw new AppError({
    code: 'UNEXPECTED',
    target,
    message: `A call was about to go to ${url.protocol}//${url.host}, which the settings don't name; it was not sent.`,
    nextStep: 'Nothing was given away. Find out who put this address into an answer.',
  });
}

function timedOut(request: PipelineRequest, limitMs: number): Error {
  const { host } = new URL(request.url);
  const message = `${host} did not answer within ${Math.round(limitMs / 100) / 10} s`;
  return Object.assign(new Error(message), { code: 'ETIMEDOUT', host });
}

// What Event Hubs and Service Bus say no with, through their SDKs. Both tell a code by name (core-amqp, src/errors.ts;
// service-bus, src/serviceBusError.ts) and pass on the service's own description.
import { AppError } from '../errors.ts';
import type { Operation } from '../operations.ts';
import { accessDenied, tokenRefused } from './access-denied.ts';
import { connectionFailure } from './connection-failure.ts';

interface BrokerError {
  readonly code: string;
  readonly name: string;
  /** The service's words: read, never passed on. */
  readonly text: string;
  readonly cause: unknown;
}

interface BrokerFacts {
  readonly operation: Operation;
  readonly principalId: string | undefined;
  readonly cause: unknown;
}

type Answer = (text: string, facts: BrokerFacts) => AppError;

/**
 * The AppError for what a messaging SDK threw. `principalId`: of the token in hand, for the services name nobody.
 */
export function refusedByBroker(
  thrown: unknown,
  operation: Operation,
  principalId: string | undefined,
): AppError {
  const errors = unwrap(thrown);
  const own = errors.find((error) => error instanceof AppError);
  if (own) return own;
  // Of several attempts the last that has a meaning: an attempt may have met the end of the one before.
  const told = errors.map(readError);
  for (const { code, text, cause } of told.toReversed()) {
    const answer = ANSWERS.get(code);
    if (answer) return answer(text, { operation, principalId, cause });
  }
  const host = hostOf(operation.scope);
  for (const { code, name, cause } of told.toReversed()) {
    const failure = connectionFailure(
      operation.target,
      host,
      ABORTED.has(name) ? 'ETIMEDOUT' : code,
      cause,
    );
    if (failure) return failure;
  }
  const last = told.at(-1);
  const cause = last?.cause ?? thrown;
  return unexpected(last?.code || last?.name || typeof thrown)('', {
    operation,
    principalId,
    cause,
  });
}

/** The SDKs throw an AggregateError of all attempts, without a message; its members may be such again. */
function unwrap(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(unwrap) : [error];
}

function readError(error: unknown): BrokerError {
  const { code, name, message } = (error ?? {}) as Partial<Record<string, unknown>>;
  const text = String(message ?? '');
  // The Service Bus SDK makes a code that it does not know the beginning of its message.
  const hidden = code === 'GeneralError' ? /^([A-Z]\w{2,63}): /.exec(text)?.[1] : undefined;
  return { code: hidden ?? String(code ?? ''), name: String(name ?? ''), text, cause: error };
}

const ABORTED = new Set(['AbortError', 'TimeoutError']);

/**
 * "Unauthorized access. 'Send' claim(s) are required to perform this operation. Resource: 'sb://ns/entity'. TrackingId:…"
 * (wire logs in Azure/azure-event-hubs-node#186 and Azure/azure-service-bus-java#110)
 */
const CLAIM = /'(?<claim>Send|Listen|Manage)' claim\(s\) are required/;
/** A peek is refused on the node that takes requests; a role is granted on what it belongs to. */
const RESOURCE = /Resource: '(?<scope>sb:\/\/[^'\s]{1,512}?)(?:\/\$management)?'/;

/** A refusal to take the token at all comes from put-token: "InvalidSignature: The token has an invalid signature." */
const TOKEN_WORDS = /\btoken\b|InvalidAudience|InvalidIssuer|ExpiredToken|InvalidSignature/i;

const unauthorized: Answer = (text, { operation, principalId, cause }) => {
  const claim = CLAIM.exec(text)?.groups?.claim;
  if (!claim && TOKEN_WORDS.test(text)) return tokenRefused(operation, text, cause);
  const scope = RESOURCE.exec(text)?.groups?.scope;
  return accessDenied(operation, scope ? { scope } : {}, { principalId, cause });
};

const notFound: Answer = (_, { operation, cause }) =>
  new AppError({
    code: 'NOT_FOUND',
    target: operation.target,
    message: `${operation.scope} does not exist.`,
    nextStep: 'Check its name and the namespace; the deployment creates what the settings name.',
    cause,
  });

function unavailable(what: string, nextStep: string): Answer {
  return (_, { operation, cause }) =>
    new AppError({
      code: 'TARGET_UNAVAILABLE',
      target: operation.target,
      message: `${operation.scope} ${what}.`,
      nextStep,
      cause,
    });
}

/** "The request was terminated because the entity is being throttled. Error code : 50002. Please wait 4 seconds and try again." */
const throttled: Answer = (text, { operation, cause }) => {
  const seconds = /wait (\d{1,4}) seconds?/i.exec(text)?.[1];
  return new AppError({
    code: 'THROTTLED',
    target: operation.target,
    message: `${hostOf(operation.scope)} is busy.`,
    nextStep: 'Wait and try again; if it persists, the namespace needs more capacity.',
    ...(seconds === undefined ? {} : { retryAfterSeconds: Number(seconds) }),
    cause,
  });
};

const tooLarge: Answer = (_, { operation, cause }) =>
  new AppError({
    code: 'INPUT_INVALID',
    target: 'request',
    message: `${operation.scope} takes no message of this size.`,
    nextStep: 'Send less in one event.',
    status: 413,
    cause,
  });

const noAnswer: Answer = (_, { operation, cause }) =>
  connectionFailure(operation.target, hostOf(operation.scope), 'ETIMEDOUT', cause) ??
  unexpected('ETIMEDOUT')('', { operation, principalId: undefined, cause });

const cut = unavailable('cut the connection', 'Try again.');
const notReady = unavailable('takes nothing at the moment', 'Try again.');
const disabled = unavailable('is disabled', 'Set its status to Active.');
const full = unavailable(
  'is full, or has all the links that it takes',
  'Let its readers catch up: see GET /api/subscriptions/<name>/messages.',
);
const broken = unavailable('failed on its side', 'Try again; if it persists, look at its health.');

/** By core-amqp's code and by that which the Service Bus SDK makes of it. */
const ANSWERS: ReadonlyMap<string, Answer> = new Map(
  Object.entries({
    UnauthorizedError: unauthorized,
    UnauthorizedAccess: unauthorized,
    MessagingEntityNotFoundError: notFound,
    MessagingEntityNotFound: notFound,
    MessagingEntityDisabledError: disabled,
    MessagingEntityDisabled: disabled,
    ServerBusyError: throttled,
    ServiceBusy: throttled,
    QuotaExceededError: full,
    QuotaExceeded: full,
    MessageTooLargeError: tooLarge,
    MessageSizeExceeded: tooLarge,
    ServiceUnavailableError: noAnswer,
    OperationTimeoutError: noAnswer,
    ServiceTimeout: noAnswer,
    InternalServerError: broken,
    ServiceCommunicationError: cut,
    ServiceCommunicationProblem: cut,
    ConnectionLostError: cut,
    ConnectionForcedError: cut,
    DetachForcedError: cut,
    FramingError: cut,
    OperationCancelledError: cut,
    SendOperationFailedError: cut,
    SenderBusyError: notReady,
    SenderNotReadyError: notReady,
    InsufficientCreditError: notReady,
    TransferLimitExceededError: notReady,
  }),
);

function unexpected(what: string): Answer {
  const shown = /^[\w.-]{1,64}$/.test(what) ? what : 'unknown';
  return (_, { operation, cause }) =>
    new AppError({
      code: 'UNEXPECTED',
      target: operation.target,
      message: `The call to ${operation.target} failed in a way that the app does not know (${shown}).`,
      nextStep: 'Report it with the time and this message.',
      cause,
    });
}

function hostOf(scope: string): string {
  return URL.canParse(scope) ? new URL(scope).host : scope;
}

// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide.
// `$cbs`: a client shows a token for a node [AMQP claims-based security 1.0; amqp-protocol-guide].
import type { Clock } from '../clock.ts';
import { eventHubsAudiences, serviceBusAudiences } from '../tokens/audiences.ts';
import { TokenError, type TokenProblem, type Tokens } from '../tokens/tokens.ts';
import { AmqpError, trackingSuffix } from './amqp-error.ts';
import type { Claims } from './claims.ts';
import { type AmqpValue, plain } from './codec/amqp-value.ts';
import { parseLinkAddress } from './link-address.ts';
import type { MessagingNamespace } from './messaging-node.ts';
import { toAmqpError } from './to-amqp-error.ts';

const SAS_TYPE = 'servicebus.windows.net:sastoken';
/** The verifier's allowance for skewed clocks: a token counts here for as long as it could be shown again. */
const SKEW_MS = 300_000;

const audiences: Readonly<Record<MessagingNamespace['service'], readonly string[]>> = {
  EventHub: eventHubsAudiences,
  ServiceBus: serviceBusAudiences,
};

export interface PutTokenRequest {
  readonly properties: Readonly<Record<string, AmqpValue>>;
  readonly body: AmqpValue;
}

export interface PutTokenOutcome {
  /** What the token now counts for, and what is below it. */
  readonly coveredPath: string;
  readonly principalId: string;
}

/**
 * Verifies the token and keeps it for the node. Says nothing of rights: those are asked for per link.
 * Throws AmqpError; its status code is the answer's.
 */
export async function putToken(
  { properties, body }: PutTokenRequest,
  namespace: MessagingNamespace,
  { claims, clock, tokens }: { claims: Claims; clock: Clock; tokens: Tokens },
): Promise<PutTokenOutcome> {
  const suffix = () => trackingSuffix(clock.nowMs());
  assertJwt(properties, suffix);
  const { name } = properties;
  if (typeof name !== 'string') throw badRequest(`The property 'name' is missing. ${suffix()}`);
  const { host, path, isManagement } = parseLinkAddress(name);
  if (host !== undefined && host !== namespace.host) {
    throw unauthorized(
      `InvalidAudience: The authorization header contains a token with a wrong audience. ${suffix()}`,
    );
  }
  const caller = await verify(body, namespace, tokens, suffix);
  assertExists(namespace, path);
  const expiresAtMs = (caller.expiresOn ?? 0) * 1000 + SKEW_MS;
  // A token for `hub/$management` counts for the hub's management, and for nothing else below the hub.
  const coveredPath = isManagement ? managementPath(path) : path;
  if (!claims.put(coveredPath, { caller, expiresAtMs })) {
    throw new AmqpError(
      'amqp:resource-limit-exceeded',
      `Too many tokens on this connection. ${suffix()}`,
    );
  }
  return { coveredPath, principalId: caller.principalId };
}

export const managementPath = (path: string): string => (path === '' ? '' : `${path}/$management`);

function assertJwt({ operation, type }: PutTokenRequest['properties'], suffix: () => string): void {
  if (operation !== 'put-token') throw badRequest(`The operation is not supported. ${suffix()}`);
  if (type === SAS_TYPE) {
    // Azure: these words are of a namespace with disableLocalAuth. Pretend: no namespace here has keys.
    throw unauthorized(
      `LocalAuthDisabled: Authorization failed because SAS authentication has been disabled for the namespace. ${suffix()}`,
    );
  }
  if (type !== 'jwt') throw badRequest(`The token type is not supported. ${suffix()}`);
}

async function verify(
  body: AmqpValue,
  { service }: MessagingNamespace,
  tokens: Tokens,
  suffix: () => string,
) {
  const value = plain(body);
  // Microsoft's C stack sends binary.
  const token = Buffer.isBuffer(value) ? value.toString('latin1') : value;
  try {
    if (typeof token !== 'string') throw new TokenError('malformed', 'The token is not text.');
    return await tokens.verify(token, audiences[service]);
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    throw unauthorized(`${wordsFor(error)} ${suffix()}`);
  }
}

/**
 * Sources: issuer, quickstart of Event Hubs for .NET; audience, MicrosoftDocs/azure-docs#19707; signature
 * [R34]; expiry, live tests of azure-sdk-for-go. Pretend: the words for the other problems.
 */
const words: Readonly<Record<TokenProblem, string>> = {
  missing: 'MissingToken: The token is missing.',
  malformed: 'MalformedToken: The token is malformed.',
  signature: 'InvalidSignature: The token has an invalid signature.',
  expired: 'ExpiredToken: The token is expired.',
  notYetValid: 'InvalidToken: The token is not valid yet.',
  issuer: 'InvalidIssuer: Token issuer is invalid.',
  audience: 'InvalidAudience: Invalid authorization token audience.',
  principal: 'InvalidToken: The token is of no principal of this tenant.',
};

function wordsFor({ problem, times }: TokenError): string {
  if (!times) return words[problem];
  const expiry = new Date(times.expiresOn * 1000).toISOString().replace('T', ' ').slice(0, 19);
  return `${words[problem]} Expiration time: '${expiry}Z'.`;
}

/**
 * Azure: put-token answers 404 for a node that is not there ("Put token failed. status-code: 404"). Of a partition that
 * is not there only the link is told: .NET's live tests expect that link's error [EventHubProducerClientLiveTests,
 * ProducerCannotSendToInvalidPartition].
 */
function assertExists(namespace: MessagingNamespace, path: string): void {
  try {
    if (path !== '') namespace.resolve(path);
  } catch (error) {
    if (toAmqpError(error).condition === 'amqp:not-found') throw error;
  }
}

const unauthorized = (message: string) => new AmqpError('amqp:unauthorized-access', message, 401);
const badRequest = (message: string) => new AmqpError('amqp:not-allowed', message, 400);

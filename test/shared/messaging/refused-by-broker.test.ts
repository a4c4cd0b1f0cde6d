// What the two SDKs throw, in the app's words. The errors are made by the SDKs' own classes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessagingError } from '@azure/event-hubs';
import { ServiceBusError } from '@azure/service-bus';
import { AppError } from '../../../shared/errors.ts';
import { operations } from '../../../shared/operations.ts';
import { refusedByBroker } from '../../../shared/refusals/refused-by-broker.ts';

const SEND = operations.sendEvents('sb://evh-app.servicebus.windows.net/hub');
const PEEK = operations.receiveMessages('sb://sb-app.servicebus.windows.net/topic/Subscriptions/s');
const TRACE = 'TrackingId:0a1b_G1, SystemTracker:gateway5, Timestamp:2026-11-25T02:00:00';

/** As core-amqp translates an AMQP error. */
function amqp(code: string, text = 'canary-text'): MessagingError {
  return Object.assign(new MessagingError(text), { code });
}

/** As the Service Bus SDK makes it of that. */
const bus = (code: string, text?: string) => new ServiceBusError(amqp(code, text));

/** As core-amqp translates an error of a socket. */
function socket(code: string): MessagingError {
  const cause = Object.assign(new Error(`connect ${code}`), {
    code,
    errno: -1,
    syscall: 'connect',
  });
  return new MessagingError(cause.message, cause);
}

const told = (error: unknown) => refusedByBroker(error, SEND, 'oid-in-hand');

describe('a refusal of a broker', () => {
  const claim = (right: string, resource: string) =>
    `Unauthorized access. '${right}' claim(s) are required to perform this operation. Resource: '${resource}'. ${TRACE}`;

  it('for want of a role names principal, action, scope and role', () => {
    const resource = 'sb://evh-app.servicebus.windows.net/hub';
    const error = told(amqp('UnauthorizedError', claim('Send', resource)));
    assert.equal(error.code, 'ACCESS_DENIED');
    assert.deepEqual(error.access, {
      principalId: 'oid-in-hand',
      action: 'Microsoft.EventHub/namespaces/messages/send/action',
      scope: resource,
      role: 'Azure Event Hubs Data Sender',
    });
  });

  it('says so in the SDK for Service Bus, too, wrapped as often as it was tried', () => {
    const resource = 'sb://sb-app.servicebus.windows.net/topic/subscriptions/s';
    const attempt = bus('UnauthorizedError', claim('Listen', resource));
    const thrown = new AggregateError([new AggregateError([attempt, attempt]), attempt]);
    const error = refusedByBroker(thrown, PEEK, 'oid-in-hand');
    assert.equal(error.code, 'ACCESS_DENIED');
    assert.equal(error.access?.scope, resource);
    assert.equal(error.access?.role, 'Azure Service Bus Data Receiver');
  });

  for (const [text, expected] of [
    ['InvalidAudience: The audience is not valid.', /issued for another audience/],
    ['ExpiredToken: The token is expired.', /it has expired/],
    ['InvalidIssuer: The issuer of the token is not trusted.', /another tenant/],
    ['InvalidSignature: The token has an invalid signature.', /signature is not trusted/],
    ['MalformedToken: The token could not be read.', /did not accept the app's token\.$/],
  ] as const) {
    it(`of the token itself names no role: ${text}`, () => {
      for (const thrown of [amqp('UnauthorizedError', text), bus('UnauthorizedError', text)]) {
        const error = told(thrown);
        assert.equal(error.code, 'ACCESS_DENIED');
        assert.equal(error.access, undefined);
        assert.match(error.message, expected);
      }
    });
  }

  const codes: Readonly<Record<string, readonly [AppError['code'], RegExp]>> = {
    MessagingEntityNotFoundError: ['NOT_FOUND', /hub does not exist/],
    MessagingEntityDisabledError: ['TARGET_UNAVAILABLE', /is disabled/],
    ServerBusyError: ['THROTTLED', /is busy/],
    QuotaExceededError: ['TARGET_UNAVAILABLE', /is full/],
    MessageTooLargeError: ['INPUT_INVALID', /takes no message of this size/],
    ServiceUnavailableError: ['TARGET_UNAVAILABLE', /did not answer in time/],
    OperationTimeoutError: ['TARGET_UNAVAILABLE', /did not answer in time/],
    InternalServerError: ['TARGET_UNAVAILABLE', /failed on its side/],
    ConnectionForcedError: ['TARGET_UNAVAILABLE', /cut the connection/],
    DetachForcedError: ['TARGET_UNAVAILABLE', /cut the connection/],
    SenderBusyError: ['TARGET_UNAVAILABLE', /takes nothing at the moment/],
    SenderNotReadyError: ['TARGET_UNAVAILABLE', /takes nothing at the moment/],
    InsufficientCreditError: ['TARGET_UNAVAILABLE', /takes nothing at the moment/],
    DecodeError: ['UNEXPECTED', /\(DecodeError\)/],
  };
  for (const [code, [expected, message]] of Object.entries(codes)) {
    it(`${code} is ${expected} through both SDKs, and its text is not passed on`, () => {
      for (const thrown of [amqp(code), bus(code)]) {
        const error = told(thrown);
        assert.equal(error.code, expected);
        assert.match(error.message, message);
        assert.ok(!`${error.message}${error.nextStep}`.includes('canary'));
        assert.equal(error.cause, thrown);
      }
    });
  }

  it('tells how long a busy service wants to be left alone', () => {
    const text = `The request was terminated because the entity is being throttled. Error code : 50002. Please wait 4 seconds and try again. ${TRACE}`;
    assert.equal(told(amqp('ServerBusyError', text)).retryAfterSeconds, 4);
    assert.equal(told(bus('ServerBusyError', text)).retryAfterSeconds, 4);
    assert.equal(told(amqp('ServerBusyError', '')).retryAfterSeconds, undefined);
  });

  for (const [code, message] of [
    ['ENOTFOUND', /evh-app.servicebus.windows.net does not resolve/],
    ['ECONNREFUSED', /Nothing listens at evh-app/],
    ['ECONNRESET', /cut the connection/],
  ] as const) {
    it(`${code} names the host, through both SDKs`, () => {
      for (const thrown of [
        socket(code),
        new ServiceBusError(socket(code)),
        new AggregateError([socket(code), socket(code)]),
      ]) {
        const error = told(thrown);
        assert.equal(error.code, 'TARGET_UNAVAILABLE');
        assert.match(error.message, message);
      }
    });
  }

  it('of the certificate says that the connection was not used', () => {
    const error = told(
      Object.assign(new Error('self-signed'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
    );
    assert.equal(error.code, 'TARGET_UNAVAILABLE');
    assert.match(error.message, /a CA that this machine does not trust/);
  });

  it('passes on what the identity has said, however deep it is', () => {
    const own = new AppError({
      code: 'IDENTITY_UNAVAILABLE',
      target: 'identity',
      message: 'none',
      nextStep: 'none',
    });
    assert.equal(told(new AggregateError([amqp('SenderBusyError'), own])), own);
  });

  for (const thrown of [undefined, 'text', new TypeError('canary'), amqp('constructor')]) {
    it(`of another kind is UNEXPECTED and quotes nothing: ${String(thrown)}`, () => {
      const { code, message } = told(thrown);
      assert.equal(code, 'UNEXPECTED');
      assert.ok(!message.includes('canary'));
    });
  }
});

import type { AmqpValue } from '../../amqp/codec/amqp-value.ts';
import { encodeValue } from '../../amqp/codec/encode.ts';
import { type CorrelationName, correlationNames } from '../filters/correlation-filter.ts';
import { toFilterValue } from '../filters/filter-value.ts';
import type { RuleFilter } from '../filters/rule.ts';
import { badArgument, notImplemented } from '../service-bus-error.ts';
import { RequestBody } from './request-body.ts';

/** Names of the correlation map [service-bus-amqp-request-response, add rule]. */
const keys: Readonly<Record<CorrelationName, string>> = {
  correlationId: 'correlation-id',
  messageId: 'message-id',
  to: 'to',
  replyTo: 'reply-to',
  label: 'label',
  sessionId: 'session-id',
  replyToSessionId: 'reply-to-session-id',
  contentType: 'content-type',
};

/** The filter in a `rule-description`. Throws AmqpError. */
export function readRuleFilter(description: AmqpValue): RuleFilter {
  const body = new RequestBody({ body: description });
  if (body.map('sql-rule-action')) throw notImplemented('Rule actions are not supported.');
  const sql = body.map('sql-filter');
  if (sql) {
    return { kind: 'sql', expression: new RequestBody({ body: sql }).string('expression') };
  }
  const correlation = body.map('correlation-filter');
  if (correlation) return readCorrelation(new RequestBody({ body: correlation }));
  if (body.map('true-filter')) return { kind: 'true' };
  if (body.map('false-filter')) return { kind: 'false' };
  throw badArgument('The rule description has no filter.');
}

function readCorrelation(body: RequestBody): RuleFilter {
  const system: Partial<Record<CorrelationName, string>> = {};
  for (const name of correlationNames) {
    const value = body.optionalString(keys[name]);
    if (value !== undefined) system[name] = value;
  }
  const properties = [...(body.map('properties') ?? [])].map(
    ([name, value]) =>
      [String(name), toFilterValue({ value, encoded: encodeValue(value) })] as const,
  );
  return { kind: 'correlation', correlation: { system, properties: new Map(properties) } };
}

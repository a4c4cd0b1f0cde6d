// What stands under "Azure:" here follows https://learn.microsoft.com/azure/service-bus-messaging/topic-filters.
// Azure: rules on `$management` need Listen only; only the HTTP administration API needs Manage
// [ServiceBusRuleManager's documentation, .NET, Java and JavaScript].
import { type AmqpValue, Described, typed } from '../../amqp/codec/amqp-value.ts';
import type { ManagementOperation } from '../../amqp/messaging-node.ts';
import type { Subscription } from '../entities/subscription.ts';
import { correlationNames } from '../filters/correlation-filter.ts';
import { FilterSyntaxError } from '../filters/filter-error.ts';
import type { FilterValue } from '../filters/filter-value.ts';
import { createRule, type Rule, type RuleFilter } from '../filters/rule.ts';
import { badArgument, entityAlreadyExists, entityNotFound } from '../service-bus-error.ts';
import { readRuleFilter } from './read-rule-filter.ts';
import { RequestBody } from './request-body.ts';

/** `com.microsoft:add-rule`. */
export const addRule = (subscription: Subscription): ManagementOperation => ({
  rights: ['Listen'],
  handle(request) {
    const body = new RequestBody(request);
    const name = body.string('rule-name');
    if (subscription.rules.find(name)) {
      throw entityAlreadyExists(`${subscription.tracker}|${name}`);
    }
    const filter = readRuleFilter(body.get('rule-description'));
    try {
      subscription.rules.add(createRule(name, filter));
    } catch (error) {
      if (!(error instanceof FilterSyntaxError)) throw error;
      throw badArgument(`The filter of rule '${name}' is not supported: ${error.message}.`);
    }
    return {};
  },
});

/** `com.microsoft:remove-rule`. */
export const removeRule = (subscription: Subscription): ManagementOperation => ({
  rights: ['Listen'],
  handle(request) {
    const name = new RequestBody(request).string('rule-name');
    if (!subscription.rules.remove(name)) throw entityNotFound(`${subscription.tracker}|${name}`);
    return {};
  },
});

/** `com.microsoft:enumerate-rules`: a page, by name. */
export const enumerateRules = (subscription: Subscription): ManagementOperation => ({
  rights: ['Listen'],
  handle(request) {
    const body = new RequestBody(request);
    const skip = body.number('skip', 0);
    const rules = subscription.rules.list().slice(skip, skip + body.number('top'));
    if (rules.length === 0) return { statusCode: 204, statusDescription: 'NoContent', body: {} };
    return { body: { rules: rules.map((rule) => ({ 'rule-description': describeRule(rule) })) } };
  },
});

/** Descriptor codes [service-bus-amqp-request-response, get rules]. */
const CODE = {
  ruleDescription: 0x137_0000_0004,
  emptyRuleAction: 0x137_0000_0005,
  sqlFilter: 0x13_7000_0006,
  trueFilter: 0x13_7000_0007,
  falseFilter: 0x13_7000_0008,
  correlationFilter: 0x13_7000_0009,
} as const;

const described = (code: number, fields: readonly AmqpValue[]) =>
  new Described(typed('ulong', code), fields);

function describeRule({ name, filter }: Rule): Described {
  const action = described(CODE.emptyRuleAction, []);
  return described(CODE.ruleDescription, [describeFilter(filter), action, name]);
}

function describeFilter(filter: RuleFilter): Described {
  switch (filter.kind) {
    case 'true':
      return described(CODE.trueFilter, ['1=1']);
    case 'false':
      return described(CODE.falseFilter, ['1=0']);
    case 'sql':
      return described(CODE.sqlFilter, [filter.expression]);
    case 'correlation': {
      const { system, properties } = filter.correlation;
      const fields: AmqpValue[] = correlationNames.map((name) => system[name]);
      const map = new Map<AmqpValue, FilterValue>(properties);
      return described(CODE.correlationFilter, [...fields, map.size > 0 ? map : null]);
    }
  }
}

import { SERVICE_BUS_API_VERSIONS } from './messaging-api-versions.ts';
import {
  entityNames,
  type MessagingEntity,
  openEntity,
  requireEntityName,
} from './messaging-entity.ts';
import { refuseUnserved } from './messaging-refusals.ts';
import type { ProviderServices, ResourceProvider, RuleFilter } from './provider.ts';
import { type Properties, readObject, readString } from './read-property.ts';

/** What a GET shows of a SQL filter, from [R33]. */
function showSql(sqlExpression: string, parameters: Properties): Properties {
  return {
    action: {},
    filterType: 'SqlFilter',
    sqlFilter: { sqlExpression, compatibilityLevel: 20, parameters },
  };
}

/**
 * Azure: the rule that a subscription is born with. It stays beside the rules that are added, and goes on taking
 * every message, until it is deleted or another is put under its name
 * [pulumi/pulumi-azure-native#4489, hashicorp/terraform-provider-azurerm#32430 and its mend #32452].
 * Pretend: it stays in every case; one report has it go with the first rule that is added [terraform-provider-azurerm#20718].
 */
export const DEFAULT_RULE = { name: '$Default', properties: showSql('1=1', {}) };

const SYSTEM_PROPERTIES = [
  'correlationId',
  'messageId',
  'to',
  'replyTo',
  'label',
  'sessionId',
  'replyToSessionId',
  'contentType',
];

/** Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas */
const MAX_EXPRESSION_LENGTH = 1024;

/** Source: https://learn.microsoft.com/rest/api/servicebus/controlplane/rules/create-or-update; [R33] */
export function serviceBusRules(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules',
    apiVersions: SERVICE_BUS_API_VERSIONS,
    listed: false,
    put(request) {
      const entity = openEntity(services, request);
      requireEntityName(entity, 50);
      if (readString(readObject(entity.given, 'action'), 'sqlExpression')) {
        throw refuseUnserved(entity.id, 'a filter action');
      }
      const { filter, properties } = readFilter(entity);
      services.serviceBus?.putRule({ ...ruleNames(request.id), filter });
      return { properties, ...(entity.location && { location: entity.location }) };
    },
    remove: ({ name }) => services.serviceBus?.removeRule(ruleNames({ fullName: name })),
  };
}

function ruleNames(id: { readonly fullName: string }) {
  const [namespaceName = '', topicName = '', subscriptionName = '', name = ''] = entityNames(id);
  return { namespaceName, topicName, subscriptionName, name };
}

/** Pretend: which filter is meant where `filterType` is left out. */
function readFilter(entity: MessagingEntity): { filter: RuleFilter; properties: Properties } {
  const correlation = readObject(entity.given, 'correlationFilter');
  const sql = readObject(entity.given, 'sqlFilter');
  const type = readString(entity.given, 'filterType')?.toLowerCase();
  if (type !== undefined && type !== 'sqlfilter' && type !== 'correlationfilter') {
    throw badFilter(entity, `The filter type '${type}' is not known.`);
  }
  const isCorrelation = type === 'correlationfilter' || (type === undefined && correlation && !sql);
  return isCorrelation ? readCorrelation(entity, correlation) : readSql(entity, sql);
}

function readSql(entity: MessagingEntity, given: Properties | undefined) {
  const expression = readString(given, 'sqlExpression') ?? '1=1';
  if (expression.length > MAX_EXPRESSION_LENGTH) {
    throw badFilter(entity, `The filter is longer than ${MAX_EXPRESSION_LENGTH} characters.`);
  }
  const parameters = (readObject(given, 'parameters') ?? {}) as Record<string, string>;
  return {
    filter: { kind: 'sql', expression, parameters } as const,
    properties: showSql(expression, parameters),
  };
}

function readCorrelation(entity: MessagingEntity, given: Properties = {}) {
  const names = SYSTEM_PROPERTIES.filter((name) => readString(given, name) !== undefined);
  const system = Object.fromEntries(names.map((name) => [name, readString(given, name) ?? '']));
  const wanted = readObject(given, 'properties') ?? {};
  const properties = Object.fromEntries(
    Object.keys(wanted).map((name) => [name, readString(wanted, name) ?? '']),
  );
  if (names.length === 0 && Object.keys(properties).length === 0) {
    throw badFilter(entity, 'A correlation filter needs at least one property.');
  }
  return {
    filter: { kind: 'correlation', system, properties } as const,
    properties: {
      action: {},
      filterType: 'CorrelationFilter',
      correlationFilter: { ...system, properties },
    },
  };
}

/** Pretend: the words. */
function badFilter(entity: MessagingEntity, problem: string) {
  return entity.refuse(problem);
}

import { parseResourceId } from '../resource-id.ts';
import { toDisplayName } from './locations.ts';
import type { Resource } from './resource.ts';

/** Keys of a GET in Azure's order, by type or, failing that, namespace: [R2], [R7], [R13], [R20], [R24], [R30], [R32], [R36], [R37]. */
const KEY_ORDER: Readonly<Record<string, string>> = {
  '': 'id name type sku kind managedBy plan zones location tags identity properties',
  // In the order of the examples in Azure/azure-rest-api-specs.
  'microsoft.apimanagement/service':
    'id name type tags location properties sku identity zones managedBy kind plan',
  'microsoft.apimanagement/service/namedvalues': 'id type name properties',
  'microsoft.apimanagement/service/certificates': 'id type name properties',
  'microsoft.authorization': 'properties id type name',
  'microsoft.keyvault': 'id name type location tags systemData properties',
  'microsoft.managedidentity/userassignedidentities': 'location tags id name type properties',
  'microsoft.managedidentity/userassignedidentities/federatedidentitycredentials':
    'id name type properties',
  'microsoft.managedidentity/identities': 'id location name properties type',
  'microsoft.storage': 'sku kind id name type location tags identity properties',
  'microsoft.web': 'id name type kind location tags properties identity',
  'microsoft.web/serverfarms': 'id name type kind location tags properties sku',
  'microsoft.servicebus': 'sku id name type location tags identity properties',
  'microsoft.eventhub': 'sku id name type location tags identity properties',
  'microsoft.sql': 'sku kind identity properties location tags id name type',
  'microsoft.resources/deploymentscripts':
    'kind identity location tags systemData properties id type name',
  'microsoft.operationalinsights': 'properties location tags identity id name type',
  'microsoft.insights/components': 'kind id name type location tags properties',
  'microsoft.insights/diagnosticsettings': 'id type name location kind tags properties identity',
};

/** Azure: types that are not spelled as in ids [R30], [R31], [R32], [R47], [R48], [R49]. */
const SHOWN_TYPES: Readonly<Record<string, string>> = {
  'microsoft.sql/servers/administrators': 'Microsoft.Sql/servers',
  'microsoft.insights/components': 'microsoft.insights/components',
  'microsoft.servicebus/namespaces': 'Microsoft.ServiceBus/Namespaces',
  'microsoft.servicebus/namespaces/authorizationrules':
    'Microsoft.ServiceBus/Namespaces/AuthorizationRules',
  'microsoft.servicebus/namespaces/queues/authorizationrules':
    'Microsoft.ServiceBus/namespaces/queues/authorizationrules',
  'microsoft.servicebus/namespaces/topics/authorizationrules':
    'Microsoft.ServiceBus/namespaces/topics/authorizationrules',
  'microsoft.servicebus/namespaces/networkrulesets':
    'Microsoft.ServiceBus/Namespaces/NetworkRuleSets',
  'microsoft.eventhub/namespaces': 'Microsoft.EventHub/Namespaces',
  'microsoft.eventhub/namespaces/authorizationrules':
    'Microsoft.EventHub/Namespaces/AuthorizationRules',
  'microsoft.eventhub/namespaces/eventhubs/authorizationrules':
    'Microsoft.EventHub/namespaces/eventhubs/authorizationrules',
  'microsoft.eventhub/namespaces/networkrulesets': 'Microsoft.EventHub/Namespaces/NetworkRuleSets',
};

/** Azure: shown as `East US` [R30], [R32], [R36]. */
const HAS_DISPLAY_LOCATION = /^microsoft\.web\/|^microsoft\.(servicebus|eventhub)\/namespaces$/;

/** Types whose own GET shows the parent's name too [R38], [R39]. */
const FULL_NAME_TYPES = new Set(['microsoft.web/sites/functions', 'microsoft.web/sites/slots']);

/** A resource as its own GET, PUT and PATCH show it. */
export function renderResource(resource: Resource): Record<string, unknown> {
  const type = resource.type.toLowerCase();
  const namespace = type.split('/')[0] ?? '';
  const order = KEY_ORDER[type] ?? KEY_ORDER[namespace] ?? KEY_ORDER[''] ?? '';
  const values: Readonly<Record<string, unknown>> = {
    ...resource,
    id: shownId(resource, type),
    name: shownName(resource, type),
    type: SHOWN_TYPES[type] ?? resource.type,
    ...(resource.location !== undefined &&
      HAS_DISPLAY_LOCATION.test(type) && { location: toDisplayName(resource.location) }),
    ...(namespace === 'microsoft.keyvault' && type.endsWith('/vaults') && systemData(resource)),
  };
  return Object.fromEntries(
    order.split(' ').flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])),
  );
}

/** As `GET …/resources` lists it: the times and the state only when expanded. */
export function renderListed(
  resource: Resource,
  expand: ReadonlySet<string>,
): Record<string, unknown> {
  const { id, name, type, sku, kind, managedBy, location, identity, tags } = resource;
  const state = resource.properties.provisioningState ?? 'Succeeded';
  return {
    id,
    name,
    type,
    ...(sku !== undefined && { sku }),
    ...(kind !== undefined && { kind }),
    ...(managedBy !== undefined && { managedBy }),
    ...(location !== undefined && { location }),
    ...(identity !== undefined && { identity }),
    ...(expand.has('createdtime') && { createdTime: resource.createdTime }),
    ...(expand.has('changedtime') && { changedTime: resource.changedTime }),
    ...(expand.has('provisioningstate') && { provisioningState: state }),
    ...(tags !== undefined && { tags }),
  };
}

function shownId({ id }: Resource, type: string): string {
  // Azure: identities show a small g [R2], components a small namespace.
  if (type === 'microsoft.managedidentity/userassignedidentities') {
    return id.replace(/\/resourceGroups\//i, '/resourcegroups/');
  }
  if (type === 'microsoft.insights/components') {
    return id.replace('/Microsoft.Insights/', '/microsoft.insights/');
  }
  return id;
}

function shownName({ id, name }: Resource, type: string): string {
  return FULL_NAME_TYPES.has(type) ? name : (parseResourceId(id)?.name ?? name);
}

function systemData(resource: Resource) {
  const { createdBy, changedBy, createdTime, changedTime } = resource;
  return {
    systemData: {
      createdBy,
      createdByType: 'Application',
      createdAt: createdTime,
      lastModifiedBy: changedBy,
      lastModifiedByType: 'Application',
      lastModifiedAt: changedTime,
    },
  };
}

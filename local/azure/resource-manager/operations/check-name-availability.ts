import {
  INVALID_NAME,
  isNamespaceNameTaken,
  NAME_IN_USE,
  NAMESPACE_NAME,
} from '../../providers/messaging-namespace.ts';
import { parseResourceId } from '../../resource-id.ts';
import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { invalidRequestContent, methodNotAllowed } from '../gateway-errors.ts';
import { parseObjectBody } from '../parse-json-body.ts';
import { requireSubscription } from '../require-existing.ts';

interface Naming {
  readonly type: string;
  readonly pattern: RegExp;
  readonly rule: string;
  readonly invalidReason: string;
  /** Of a name that is taken, where it is not `AlreadyExists`. */
  readonly taken?: { readonly reason: string; readonly message: string };
  /** The answer says `available`, and the name. */
  readonly repeatsName?: boolean;
}

const messaging = {
  pattern: NAMESPACE_NAME,
  rule: INVALID_NAME,
  invalidReason: 'InvalidName',
  taken: { reason: 'NameInUse', message: NAME_IN_USE },
};

/** Services whose names are unique in the world. */
const naming: Readonly<Record<string, Naming>> = {
  'microsoft.storage': {
    type: 'Microsoft.Storage/storageAccounts',
    pattern: /^[a-z0-9]{3,24}$/,
    rule: 'Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.',
    invalidReason: 'AccountNameInvalid',
  },
  'microsoft.keyvault': {
    type: 'Microsoft.KeyVault/vaults',
    pattern: /^[A-Za-z](?!.*--)[A-Za-z0-9-]{1,22}[A-Za-z0-9]$/,
    rule: "A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens.",
    invalidReason: 'AccountNameInvalid',
  },
  'microsoft.web': {
    type: 'Microsoft.Web/sites',
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]$/,
    rule: 'A site name has 2 to 60 letters, digits and hyphens.',
    invalidReason: 'Invalid',
  },
  // Source: https://learn.microsoft.com/rest/api/sql/servers/check-name-availability
  'microsoft.sql': {
    type: 'Microsoft.Sql/servers',
    pattern: /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    rule: 'A server name has 1 to 63 lower-case letters, digits and hyphens between them.',
    invalidReason: 'Invalid',
    repeatsName: true,
  },
  'microsoft.servicebus': { type: 'Microsoft.ServiceBus/namespaces', ...messaging },
  'microsoft.eventhub': { type: 'Microsoft.EventHub/namespaces', ...messaging },
};

/**
 * `POST /subscriptions/{s}/providers/{namespace}/checkNameAvailability` `{name, type}`.
 * Source: https://learn.microsoft.com/rest/api/storagerp/storage-accounts/check-name-availability
 * Pretend: the messages; only names of this Azure are taken.
 */
export const checkNameAvailability: Operation = (arm, { caller, http }, values) => {
  const { subscriptionId = '', namespace = '' } = values;
  requireSubscription(arm, subscriptionId);
  const rules = naming[namespace.toLowerCase()];
  if (!rules) throw methodNotAllowed('POST');
  const action = `${namespace}/checkNameAvailability/read`;
  requireAction(arm, caller, action, `/subscriptions/${subscriptionId}`);
  const { name } = parseObjectBody(http.body);
  if (typeof name !== 'string') throw invalidRequestContent("Required property 'name' not found.");
  const { taken } = rules;
  if (!rules.pattern.test(name)) {
    const message = taken ? rules.rule : `${name} is invalid. ${rules.rule}`;
    const refused = answer(rules.invalidReason, message);
    return rules.repeatsName ? repeatName(refused, name) : refused;
  }
  if (taken) {
    return isNamespaceNameTaken(arm.store.all(), { name })
      ? answer(taken.reason, taken.message)
      : { status: 200, body: { nameAvailable: true, reason: 'None', message: '' } };
  }
  const isTaken = arm.store.all().some(({ id, type }) => type === rules.type && isNamed(id, name));
  const plain = isTaken ? answer('AlreadyExists', `The name ${name} is already taken.`) : answer();
  return rules.repeatsName ? repeatName(plain, name) : plain;
};

type Answer = ReturnType<typeof answer>;

function repeatName({ status, body: { nameAvailable: available, ...more } }: Answer, name: string) {
  return { status, body: { name, available, ...more } };
}

function answer(reason?: string, message?: string) {
  const nameAvailable = reason === undefined;
  return {
    status: 200,
    body: nameAvailable ? { nameAvailable } : { nameAvailable, reason, message },
  };
}

function isNamed(id: string, name: string): boolean {
  return parseResourceId(id)?.name.toLowerCase() === name.toLowerCase();
}

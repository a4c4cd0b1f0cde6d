import { validationError } from './api-management-refusals.ts';
import type { SecretReference } from './api-management-secret.ts';
import { readKeyVault } from './api-management-vault-copies.ts';
import { type Properties, readArray, readBoolean, readString } from './read-property.ts';

export interface NamedValue {
  /** What a GET shows, in Azure's order; the value of a secret is not in it. */
  readonly shown: Properties;
  /** Of a secret that is in a vault. */
  readonly keyVault?: SecretReference;
  /** Empty where it is in a vault. */
  readonly value: string;
}

/**
 * A named value's properties, checked. `kept`: the value that it has, for a change that gives none.
 * Throws 400 `ValidationError`. Pretend: the sentences.
 * Source: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/namedvalues;
 * [hashicorp/terraform-provider-azurerm#26150] for a secret of a vault that is not called one.
 */
export function checkNamedValue(
  given: Properties | undefined,
  kept: string | undefined,
): NamedValue {
  const displayName = readString(given, 'displayName') ?? '';
  if (!/^[A-Za-z0-9\-._]{1,256}$/.test(displayName)) {
    throw validationError(
      'displayName',
      'Name may contain only letters, digits, periods, dash, and underscore.',
    );
  }
  const secret = readBoolean(given, 'secret') ?? false;
  const tags = readArray(given, 'tags');
  const rest = { ...(tags && { tags }), secret };
  const keyVault = readKeyVault(given);
  if (keyVault) {
    if (!secret) throw validationError('secret', 'A value from a key vault must be a secret.');
    return { shown: { displayName, keyVault, ...rest }, keyVault, value: '' };
  }
  // A value that was secret stays so: nobody reads it by calling it something else.
  const value = readString(given, 'value') ?? (secret ? kept : undefined);
  if (value === undefined || value.trim() === '') {
    throw validationError('value', 'Value may not be empty or consist only of whitespace.');
  }
  return { shown: { displayName, ...(!secret && { value }), ...rest }, value };
}

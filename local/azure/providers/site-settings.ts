import { ServiceError } from '../http/service-error.ts';
import { type Properties, readString } from './read-property.ts';

/** `[{ name, value }]` of siteConfig → `{ name: value }` of config/appsettings. */
export function toSettings(list: readonly unknown[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map((item) => {
      const pair = toNamed(item);
      return [pair.name, textOf(pair.value)];
    }),
  );
}

/** `[{ name, connectionString, type }]` of siteConfig → `{ name: { value, type } }` of config/connectionstrings. */
export function toConnectionStrings(list: readonly unknown[]): Properties {
  return Object.fromEntries(
    list.map((item) => {
      const { name, connectionString, type } = toNamed(item);
      return [name, { value: textOf(connectionString), type: type ?? 'Custom' }];
    }),
  );
}

function toNamed(item: unknown): Properties & { readonly name: string } {
  const named = (typeof item === 'object' && item !== null ? item : {}) as Properties;
  const name = readString(named, 'name');
  // Pretend: the wording.
  if (!name) throw new ServiceError(400, 'BadRequest', 'An app setting has no name.');
  return { ...named, name };
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

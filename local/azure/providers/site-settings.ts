import { ServiceError } from '../http/service-error.ts';
import { type Properties, readString } from './read-property.ts';

/** `[{ name, value }]` of siteConfig → `{ name: value }` of config/appsettings. */
export function toSettings(list: readonly unknown[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map((item) => {
      const pair = (typeof item === 'object' && item !== null ? item : {}) as Properties;
      const name = readString(pair, 'name');
      // Pretend: the wording.
      if (!name) throw new ServiceError(400, 'BadRequest', 'An app setting has no name.');
      const value = pair.value;
      return [name, value === undefined || value === null ? '' : String(value)];
    }),
  );
}

import type { Properties } from './read-property.ts';

/**
 * Properties that a PUT takes and no answer shows.
 * Sources: azure-rest-api-specs, compute.json (`adminPassword`, `protectedSettings`: "never returned"; `customData`,
 * `userData`), and the administrator's password of PostgreSQL, MySQL and Synapse.
 */
const WRITE_ONLY: ReadonlySet<string> = new Set([
  'adminpassword',
  'administratorloginpassword',
  'sqladministratorloginpassword',
  'customdata',
  'userdata',
  'protectedsettings',
]);

/** A copy without them, at any depth. */
export function withoutWriteOnly(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => !WRITE_ONLY.has(name.toLowerCase()))
      .map(([name, value]) => [name, shown(value)]),
  );
}

function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  return typeof value === 'object' && value !== null
    ? withoutWriteOnly(value as Properties)
    : value;
}

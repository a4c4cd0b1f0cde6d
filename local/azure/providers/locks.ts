import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { readString } from './read-property.ts';

/** Management locks; ARM enforces them at write and delete. */
export function locks(_services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Authorization/locks',
    apiVersions: ['2020-05-01', '2017-04-01', '2016-09-01', '2015-01-01'],
    listed: false,
    put({ body }) {
      const level = readString(body.properties, 'level') ?? '';
      if (level === 'CanNotDelete' || level === 'ReadOnly') {
        return { properties: { level, ...notesOf(readString(body.properties, 'notes')) } };
      }
      // Pretend: code and words.
      throw new ServiceError(
        400,
        'InvalidLockLevel',
        `The lock level '${level}' is not valid. It must be 'CanNotDelete' or 'ReadOnly'.`,
      );
    },
  };
}

function notesOf(notes: string | undefined) {
  return notes === undefined ? {} : { notes };
}

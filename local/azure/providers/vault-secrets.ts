import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import {
  type Properties,
  readBoolean,
  readNumber,
  readObject,
  readString,
} from './read-property.ts';

/**
 * Secrets made through ARM: a template writes the value, and ARM never gives it back.
 * Source: https://learn.microsoft.com/rest/api/keyvault/secrets/create-or-update
 */
export function vaultSecrets(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.KeyVault/vaults/secrets',
    apiVersions: [
      '2024-11-01',
      '2023-07-01',
      '2022-07-01',
      '2021-10-01',
      '2019-09-01',
      '2018-02-14',
      '2016-10-01',
    ],
    listed: false,
    put({ id, body }) {
      // Pretend: the wordings.
      if (!/^[0-9A-Za-z-]{1,127}$/.test(id.name)) {
        throw new ServiceError(
          400,
          'BadRequest',
          `The secret name '${id.name}' is invalid: it must be of 1 to 127 letters, digits and hyphens.`,
        );
      }
      const value = readString(body.properties, 'value');
      if (value === undefined)
        throw new ServiceError(400, 'BadRequest', 'The secret has no value.');
      const contentType = readString(body.properties, 'contentType');
      const attributes = attributesOf(readObject(body.properties, 'attributes'));
      const vaultName = id.fullName.split('/')[0] ?? '';
      const uris = services.vaults.setSecret(vaultName, id.name, {
        value,
        ...(contentType !== undefined && { contentType }),
        ...(body.tags && { tags: body.tags }),
        attributes,
      });
      const now = Math.floor(services.clock.nowMs() / 1000);
      return {
        properties: {
          attributes: { enabled: true, ...attributes, created: now, updated: now },
          ...(contentType !== undefined && { contentType }),
          ...uris,
        },
        location: services.findResource(id.parentId ?? '')?.location ?? '',
      };
    },
  };
}

function attributesOf(from: Properties | undefined) {
  const enabled = readBoolean(from, 'enabled');
  const exp = readNumber(from, 'exp');
  const nbf = readNumber(from, 'nbf');
  return {
    ...(enabled !== undefined && { enabled }),
    ...(exp !== undefined && { exp }),
    ...(nbf !== undefined && { nbf }),
  };
}

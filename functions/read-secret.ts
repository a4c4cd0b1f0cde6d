import { app } from '@azure/functions';
import { assertKnownQuery, inputInvalid } from '../shared/input.ts';
import { isSecretName } from '../shared/key-vault.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** GET /api/secrets/{name}[?version=…]: facts about a secret, never its value. */
export const readSecret: Answer = async ({ params, query, url }, services) => {
  assertKnownQuery(url, ['version']);
  const name = params.name ?? '';
  if (!isSecretName(name)) {
    throw inputInvalid('name', 'must be 1 to 127 letters, digits and hyphens');
  }
  const version = query.get('version') ?? undefined;
  if (version !== undefined && !/^[0-9a-f]{32}$/i.test(version)) {
    throw inputInvalid('version', 'must be 32 hexadecimal digits');
  }
  return services.keyVault.readSecret(name, version);
};

app.http('readSecret', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'secrets/{name}',
  handler: httpHandler(readSecret),
});

import { app } from '@azure/functions';
import { type Diagnosis, diagnose as diagnoseAll } from '../shared/diagnosis/diagnose.ts';
import { assertKnownQuery, inputInvalid } from '../shared/input.ts';
import { isSecretName } from '../shared/key-vault.ts';
import type { Services } from '../shared/services.ts';
import { type Answer, httpHandler } from './http-handler.ts';

const running = new Map<string, Promise<Diagnosis>>();

/** GET /api/diagnose[?secret=…]: each target's way from identity to verdict. Callers at the same time share one run. */
export const diagnose: Answer = async ({ query }, services) => {
  assertKnownQuery(query, ['secret']);
  const secret = query.get('secret') ?? undefined;
  if (secret !== undefined && !isSecretName(secret)) {
    throw inputInvalid('secret', 'must be 1 to 127 letters, digits and hyphens');
  }
  return share(secret, services);
};

function share(secret: string | undefined, services: Services): Promise<Diagnosis> {
  const key = secret ?? '';
  const run = running.get(key) ?? diagnoseAll(services, secret).finally(() => running.delete(key));
  running.set(key, run);
  return run;
}

app.http('diagnose', {
  methods: ['GET'],
  authLevel: 'admin',
  route: 'diagnose',
  handler: httpHandler(diagnose, { budgetMs: 14_500 }),
});

import { app } from '@azure/functions';
import { type Diagnosis, diagnose as diagnoseAll } from '../shared/diagnosis/diagnose.ts';
import { AppError } from '../shared/errors.ts';
import { assertKnownQuery, inputInvalid } from '../shared/input.ts';
import { isSecretName } from '../shared/key-vault.ts';
import type { Services } from '../shared/services.ts';
import { type Answer, httpHandler } from './http-handler.ts';

interface Run {
  readonly secret: string | undefined;
  readonly diagnosis: Promise<Diagnosis>;
}

let running: Run | undefined;

/** GET /api/diagnose[?secret=…]: each target's way from identity to verdict. Callers at the same time share one run. */
export const diagnose: Answer = async ({ query, url }, services) => {
  assertKnownQuery(url, ['secret']);
  const secret = query.get('secret') ?? undefined;
  if (secret !== undefined && !isSecretName(secret)) {
    throw inputInvalid('secret', 'must be 1 to 127 letters, digits and hyphens');
  }
  return share(secret, services);
};

/** One run at a time, whoever asks and however often: it calls every target. */
function share(secret: string | undefined, services: Services): Promise<Diagnosis> {
  if (running && running.secret !== secret) {
    throw new AppError({
      code: 'THROTTLED',
      target: 'app',
      message: 'A diagnosis with another secret is running.',
      nextStep: 'Wait for its end, some seconds, and ask again.',
      retryAfterSeconds: 5,
    });
  }
  running ??= {
    secret,
    diagnosis: diagnoseAll(services, secret).finally(() => {
      running = undefined;
    }),
  };
  return running.diagnosis;
}

app.http('diagnose', {
  methods: ['GET'],
  authLevel: 'admin',
  route: 'diagnose',
  handler: httpHandler(diagnose, { budgetMs: 14_500 }),
});

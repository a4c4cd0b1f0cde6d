import type { AppProcess } from './start-deployed-app.ts';

export interface TargetDiagnosis {
  readonly target: string;
  readonly verdict: string;
  readonly message: string;
  readonly nextStep?: string;
  readonly access?: Readonly<Record<string, string>>;
}

export const everythingWorks = {
  scanResources: 'works',
  getScan: 'works',
  readSecret: 'works',
  getIdentity: 'works',
  listIdentities: 'works',
  findIdentity: 'works',
  'diagnose resource-manager': 'works',
  'diagnose key-vault': 'works',
  'diagnose blobs': 'works',
};

/**
 * Every function that is there without messaging, and every target of the diagnosis, by name: `works`, or code and
 * target of its refusal. Of several parts of the diagnosis about one target the first that is refused.
 */
export async function tryEverything(app: AppProcess): Promise<Record<string, string>> {
  const { outcome, log } = await app.scan();
  const refusal = /^\[\S+\] ([A-Z_]+ \([a-z-]+\)):/m.exec(log)?.[1];
  const answered = async (path: string) => {
    const { status, body } = await app.get(path);
    return status === 200 ? 'works' : `${body.code} (${body.target})`;
  };
  const targets = (await diagnose(app)).toSorted(
    (one, other) => Number(one.verdict !== 'works') - Number(other.verdict !== 'works'),
  );
  return {
    scanResources: outcome === 'Succeeded' ? 'works' : (refusal ?? 'did not run'),
    getScan: await answered('/api/scans/latest'),
    readSecret: await answered('/api/secrets/demo'),
    getIdentity: await answered('/api/identity'),
    listIdentities: await answered('/api/identities'),
    findIdentity: await answered(`/api/identities/${await anyIdentity(app)}`),
    ...Object.fromEntries(targets.map(({ target, verdict }) => [`diagnose ${target}`, verdict])),
  };
}

/** Principal id of the first that is listed. */
async function anyIdentity(app: AppProcess): Promise<string> {
  const { body } = await app.get('/api/identities');
  const [first] = (body.identities ?? []) as { readonly principalId: string }[];
  return first?.principalId ?? crypto.randomUUID();
}

export async function diagnose(app: AppProcess): Promise<readonly TargetDiagnosis[]> {
  const { body } = await app.get('/api/diagnose?secret=demo');
  return body.targets as readonly TargetDiagnosis[];
}

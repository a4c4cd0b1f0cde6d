import { within } from '../deadline.ts';
import { AppError, type DeniedAccess, type ErrorCode, type Target } from '../errors.ts';
import { claimsOf, scopesInUse } from '../identity/describe-identity.ts';
import type { TokenClaims } from '../identity/token-claims.ts';
import type { Operation } from '../operations.ts';
import type { Services } from '../services.ts';
import { databaseChecks } from './database-checks.ts';
import { explain } from './explain.ts';
import { messagingChecks } from './messaging-checks.ts';
import { webApiChecks } from './web-api-checks.ts';

/** The way of one call, as far as it came. */
export interface TargetDiagnosis {
  readonly target: string;
  /** Address or ARM id that was asked. */
  readonly subject?: string;
  readonly identity?: string;
  readonly token?: TokenClaims;
  readonly call?: { readonly action: string; readonly role: string };
  readonly verdict: 'works' | 'unclear' | ErrorCode;
  readonly message: string;
  readonly nextStep?: string;
  readonly access?: DeniedAccess;
}

export interface Diagnosis {
  readonly verdict: 'works' | 'problems';
  readonly settingProblems: readonly string[];
  readonly targets: readonly TargetDiagnosis[];
}

/** A target that says nothing is given up before the whole answer is due. */
const TARGET_MS = 13_000;

/** One row of the answer. */
export interface Check {
  readonly target: Target;
  readonly subject?: string;
  readonly probe: () => Promise<Operation>;
}

/**
 * One harmless call to each target, side by side: identity, token, call, verdict, next step. `secretName` (checked)
 * makes Key Vault's verdict definite where roles are granted per secret. Never throws for a target's sake.
 */
export async function diagnose(services: Services, secretName?: string): Promise<Diagnosis> {
  const targets = await Promise.all(
    checksOf(services, secretName).map((check) => diagnoseTarget(services, check, secretName)),
  );
  const settingProblems = services.settings.problems.map(({ message }) => message);
  const isFine =
    settingProblems.length === 0 &&
    targets.every(({ verdict }) => verdict === 'works' || verdict === 'unclear');
  return { verdict: isFine ? 'works' : 'problems', settingProblems, targets };
}

function checksOf(services: Services, secretName: string | undefined): Check[] {
  const { settings } = services;
  const subject = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch {
      return undefined; // the probe says what is wrong with the setting
    }
  };
  const scopes = subject(() => settings.need('SCAN_SCOPES').SCAN_SCOPES);
  const vault = subject(() => settings.need('KEY_VAULT_URL').KEY_VAULT_URL.href);
  const container = subject(
    () => settings.need('SCAN_STATE_CONTAINER_URL').SCAN_STATE_CONTAINER_URL.href,
  );
  return [
    ...(scopes ?? [undefined]).map(
      (scope): Check => ({
        target: 'resource-manager',
        ...(scope === undefined ? {} : { subject: scope }),
        probe: async () =>
          services.resourceManager.probe(
            scope ?? settings.need('SCAN_SCOPES').SCAN_SCOPES[0] ?? '',
          ),
      }),
    ),
    {
      target: 'key-vault',
      ...(vault === undefined ? {} : { subject: vault }),
      probe: async () => services.keyVault.probe(secretName),
    },
    {
      target: 'blobs',
      ...(container === undefined ? {} : { subject: container }),
      probe: async () => services.scanBlobs.probe(),
    },
    ...messagingChecks(services),
    ...databaseChecks(services),
    ...webApiChecks(services),
  ];
}

async function diagnoseTarget(
  services: Services,
  check: Check,
  secretName: string | undefined,
): Promise<TargetDiagnosis> {
  const { target } = check;
  const seen: { token?: TokenClaims } = {};
  const about = () => ({
    target,
    ...(check.subject === undefined ? {} : { subject: check.subject }),
    ...(seen.token ? { identity: identityIn(seen.token), token: seen.token } : {}),
  });
  try {
    return await within(TARGET_MS, target, async () => {
      services.settings.need('IDENTITY_KIND');
      const scope = scopesInUse(services.settings)[target];
      // Where a setting is at fault there is none: the probe says which.
      const claims = scope === undefined ? undefined : await claimsOf(services, scope);
      // Without a token the call would only wait for one again, and the target would seem to be at fault.
      if (claims && 'error' in claims) {
        const { code, message, nextStep } = claims.error;
        return { ...about(), verdict: code, message, nextStep };
      }
      if (claims) seen.token = claims;
      const operation = await check.probe();
      const call = { action: operation.action, role: operation.role.name };
      return { ...about(), call, verdict: 'works', message: `May ${operation.purpose}.` };
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...about(), ...explain(error, { ...seen, secretName }) };
  }
}

function identityIn({ xms_mirid, oid }: TokenClaims): string {
  return xms_mirid ?? oid ?? 'unknown';
}

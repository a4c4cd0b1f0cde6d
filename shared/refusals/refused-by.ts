// What each service's 403 and 404 mean. The words are those of recorded traffic; another text gets the general answer.
import { AppError } from '../errors.ts';
import type { Operation } from '../operations.ts';
import { accessDenied } from './access-denied.ts';
import { parseErrorBody, type Refusal } from './refusal.ts';

export interface RefusalFacts {
  readonly operation: Operation;
  /** From the token in hand, for services that don't say whom they refused. */
  readonly principalId: string | undefined;
  readonly cause: unknown;
}

/** Undefined: nothing that is special to this service. */
export type RefusedBy = (refusal: Refusal, facts: RefusalFacts) => AppError | undefined;

/** "The client 'c' with object id 'oid' does not have authorization to perform action 'A' over scope 'S' or …" */
const ARM_DENIAL =
  /object id '(?<principalId>[^']+)' does not have authorization to perform action '(?<action>[^']+)' over scope '(?<scope>[^']+)'/;

export const refusedByResourceManager: RefusedBy = ({ status, body }, facts) => {
  const { code, message } = parseErrorBody(body);
  if (status === 403 && /AuthorizationFailed$/.test(code)) {
    return accessDenied(facts.operation, ARM_DENIAL.exec(message)?.groups ?? {}, facts);
  }
  if (status !== 404) return undefined;
  return notFound(
    facts,
    code === 'SubscriptionNotFound'
      ? `The subscription of ${facts.operation.scope} could not be found.`
      : `${facts.operation.scope} does not exist.`,
    'Correct SCAN_SCOPES: each entry must exist and belong to the tenant of the identity.',
  );
};

const KEY_VAULT_DENIAL = {
  principalId: /\boid=([^;\s]+)/,
  action: /Action: '([^']+)'/,
  scope: /Resource: '([^']+)'/,
} as const;

export const refusedByKeyVault: RefusedBy = ({ status, body }, facts) => {
  const { innerCode, message } = parseErrorBody(body);
  if (status === 404) {
    return notFound(
      facts,
      'The vault has no secret of this name (or version).',
      'Check the name. A secret deleted of late can be recovered: az keyvault secret recover.',
    );
  }
  if (status !== 403) return undefined;
  if (innerCode === 'SecretDisabled') return secretDisabled(facts);
  if (innerCode === 'AccessDenied' || innerCode === 'ForbiddenByPolicy') {
    return new AppError({
      code: 'CONFIG_INVALID',
      target: 'key-vault',
      message: 'The vault uses access policies, so role assignments count for nothing in it.',
      nextStep: 'Switch the vault to Azure role-based access control (enableRbacAuthorization).',
      status,
      cause: facts.cause,
    });
  }
  if (/ForbiddenByFirewall|ForbiddenByConnection/.test(innerCode)) {
    return new AppError({
      code: 'CONFIG_INVALID',
      target: 'key-vault',
      message: "The vault's firewall refuses the app's address.",
      nextStep: "Let the app's network in, or give it a private endpoint.",
      status,
      cause: facts.cause,
    });
  }
  const told = Object.entries(KEY_VAULT_DENIAL).flatMap(([name, pattern]) => {
    const value = pattern.exec(message)?.[1];
    return value === undefined ? [] : [[name, value]];
  });
  return accessDenied(facts.operation, Object.fromEntries(told), facts);
};

/** Azure: 403, though the caller's role is right. Recorded: keyvault-secrets, "cant get a disabled secret". */
function secretDisabled({ cause }: RefusalFacts): AppError {
  return new AppError({
    code: 'NOT_FOUND',
    target: 'key-vault',
    message: 'The secret exists and the identity may read it, but it is disabled.',
    nextStep: 'Enable the version, or set a new one.',
    status: 403,
    cause,
  });
}

export const refusedByBlobs: RefusedBy = ({ status, code }, facts) => {
  if (status === 403 && /^Authorization(?:Permission)?(?:Mismatch|Failure)$/.test(code)) {
    return code === 'AuthorizationFailure'
      ? new AppError({
          code: 'CONFIG_INVALID',
          target: 'blobs',
          message: "The storage account's firewall refuses the app's address.",
          nextStep: "Let the app's network in, or give it a private endpoint.",
          status,
          cause: facts.cause,
        })
      : accessDenied(facts.operation, {}, facts);
  }
  if (status !== 404) return undefined;
  return notFound(
    facts,
    code === 'ContainerNotFound' ? 'The container does not exist.' : 'There is no such blob.',
    'Check the setting with the address of the container; the deployment creates it.',
  );
};

function notFound({ operation, cause }: RefusalFacts, message: string, nextStep: string): AppError {
  return new AppError({
    code: 'NOT_FOUND',
    target: operation.target,
    message,
    nextStep,
    status: 404,
    cause,
  });
}

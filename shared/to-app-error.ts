import type { PipelineRequest, PipelineResponse, RestError } from '@azure/core-rest-pipeline';
import { refusalTo, retryAfterSeconds } from './azure-call-policy.ts';
import { AppError, type Target } from './errors.ts';
import type { Operation } from './operations.ts';
import { tokenRefused } from './refusals/access-denied.ts';
import { connectionFailure } from './refusals/connection-failure.ts';
import { parseErrorBody, type Refusal } from './refusals/refusal.ts';
import {
  type RefusedBy,
  refusedByBlobs,
  refusedByKeyVault,
  refusedByResourceManager,
} from './refusals/refused-by.ts';
import { refusedByWebApi } from './refusals/refused-by-web-api.ts';

const refusedBy: Readonly<Partial<Record<Target, RefusedBy>>> = {
  'resource-manager': refusedByResourceManager,
  'key-vault': refusedByKeyVault,
  blobs: refusedByBlobs,
  'web-api': refusedByWebApi,
};

/**
 * What an SDK threw, in the app's words. Nothing of the SDK's own text is passed on: it may quote a body.
 * `principalId`: of the token in hand, for services that don't name the refused.
 */
export function toAppError(
  error: unknown,
  operation: Operation,
  principalId?: string | undefined,
): AppError {
  if (error instanceof AppError) return error;
  const request = (error as { readonly request?: PipelineRequest } | undefined)?.request;
  const refusal = isRestError(error) ? refusalOf(error) : undefined;
  if (refusal) return fromRefusal(refusal, operation, principalId, error);
  const { code, name, host } = (error ?? {}) as Partial<Record<'code' | 'name' | 'host', unknown>>;
  const address =
    typeof host === 'string' ? host : (hostOf(request?.url) ?? hostOf(operation.scope));
  return (
    connectionFailure(
      operation.target,
      address ?? operation.target,
      codeByName[String(name)] ?? String(code),
      error,
    ) ?? unexpected(operation.target, error)
  );
}

/** The SDKs read an answer of another shape without looking: that is a TypeError. */
const codeByName: Readonly<Record<string, string>> = {
  AbortError: 'ETIMEDOUT',
  TimeoutError: 'ETIMEDOUT',
  TypeError: 'PARSE_ERROR',
  SyntaxError: 'PARSE_ERROR',
};

function hostOf(address: string | undefined): string | undefined {
  return address && URL.canParse(address) ? new URL(address).host : undefined;
}

function fromRefusal(
  refusal: Refusal,
  operation: Operation,
  principalId: string | undefined,
  cause: unknown,
): AppError {
  const { target } = operation;
  const { status } = refusal;
  const special = refusedBy[target]?.(refusal, { operation, principalId, cause });
  if (special) return special;
  if (status === 401) return tokenRefused(operation, refusal.code + refusal.body, cause);
  const { retryAfterSeconds: seconds } = refusal;
  const facts = {
    target,
    status,
    cause,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  };
  if (status === 429) {
    return new AppError({
      ...facts,
      code: 'THROTTLED',
      message: `${target} asks for fewer calls.`,
      nextStep: 'Wait and try again.',
    });
  }
  if (status >= 500 || status === 408) {
    return new AppError({
      ...facts,
      code: 'TARGET_UNAVAILABLE',
      message: `${target} answered ${status}${codeText(refusal)}.`,
      nextStep: "Try again; if it persists, look at the service's health.",
    });
  }
  return new AppError({
    ...facts,
    code: 'UNEXPECTED',
    message: `${target} answered ${status}${codeText(refusal)} to: ${operation.purpose}.`,
    nextStep: 'Report it with the time and this message.',
  });
}

function codeText({ code }: Refusal): string {
  return /^[\w.-]{1,64}$/.test(code) ? ` ${code}` : '';
}

function refusalOf(error: {
  readonly request?: PipelineRequest;
  readonly response?: PipelineResponse;
  readonly code?: string;
}): Refusal | undefined {
  const response = refusalTo(error.request) ?? error.response;
  if (!response || response.status < 400) return undefined;
  const body = response.bodyAsText ?? '';
  const seconds = retryAfterSeconds(response);
  return {
    status: response.status,
    code: response.headers.get('x-ms-error-code') || parseErrorBody(body).code || error.code || '',
    body,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  };
}

/** By name: the SDKs bring several copies of the class, and importing one would load a pipeline at registration. */
function isRestError(error: unknown): error is RestError {
  return error instanceof Error && error.name === 'RestError';
}

function unexpected(target: Target, cause: unknown): AppError {
  const name = cause instanceof Error ? cause.name : typeof cause;
  return new AppError({
    code: 'UNEXPECTED',
    target,
    message: `The call to ${target} failed in a way that the app does not know (${name}).`,
    nextStep: 'Report it with the time and this message.',
    cause,
  });
}

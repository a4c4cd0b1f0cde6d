import type { HttpResponseInit } from '@azure/functions';
import { AppError, type ErrorCode } from './errors.ts';

/** Whose move it is: 4xx the caller's or the operator's, 5xx ours or a target's. */
const statusOf: Readonly<Record<ErrorCode, number>> = {
  INPUT_INVALID: 400,
  ACCESS_DENIED: 403,
  NOT_FOUND: 404,
  THROTTLED: 429,
  CONFIG_INVALID: 500,
  UNEXPECTED: 500,
  IDENTITY_UNAVAILABLE: 503,
  TARGET_UNAVAILABLE: 503,
};

const HEADERS = {
  'Content-Type': 'application/json; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
} as const;

export function jsonResponse(body: unknown, status = 200): HttpResponseInit {
  return { status, headers: HEADERS, body: JSON.stringify(body) };
}

/** Chosen fields only: `cause` and `stack` stay inside. */
export function errorResponse(error: unknown): HttpResponseInit {
  const known = error instanceof AppError ? error : unknownError(error);
  const { code, target, message, nextStep, access, accepted, retryAfterSeconds } = known;
  const status = (target === 'request' ? known.status : undefined) ?? statusOf[code];
  const body = { code, target, message, nextStep, ...access, ...(accepted && { accepted }) };
  const response = jsonResponse(body, status);
  if (retryAfterSeconds === undefined) return response;
  return { ...response, headers: { ...HEADERS, 'Retry-After': `${Math.ceil(retryAfterSeconds)}` } };
}

function unknownError(cause: unknown): AppError {
  return new AppError({
    code: 'UNEXPECTED',
    target: 'app',
    message: `The app failed in a way that it does not know (${cause instanceof Error ? cause.name : typeof cause}).`,
    nextStep: 'Report it with the time and this message.',
    cause,
  });
}

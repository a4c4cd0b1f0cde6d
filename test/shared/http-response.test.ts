import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { errorResponse } from '../../shared/http-response.ts';

const statuses: Readonly<Record<ErrorCode, number>> = {
  CONFIG_INVALID: 500,
  IDENTITY_UNAVAILABLE: 503,
  ACCESS_DENIED: 403,
  NOT_FOUND: 404,
  INPUT_INVALID: 400,
  TARGET_UNAVAILABLE: 503,
  THROTTLED: 429,
  UNEXPECTED: 500,
};

describe('an error as a response', () => {
  for (const [code, status] of Object.entries(statuses)) {
    it(`${code} is ${status}`, () => {
      const error = new AppError({
        code: code as ErrorCode,
        target: 'app',
        message: 'What happened.',
        nextStep: 'What to do.',
      });
      const response = errorResponse(error);
      assert.equal(response.status, status);
      assert.deepEqual(JSON.parse(response.body as string), {
        code,
        target: 'app',
        message: 'What happened.',
        nextStep: 'What to do.',
      });
    });
  }

  it('names principal, action, scope and role of a refusal', () => {
    const access = { principalId: 'p', action: 'a', scope: 's', role: 'r' };
    const error = new AppError({
      code: 'ACCESS_DENIED',
      target: 'blobs',
      message: 'm',
      nextStep: 'n',
      access,
    });
    const { body } = errorResponse(error);
    assert.deepEqual(JSON.parse(body as string), {
      code: 'ACCESS_DENIED',
      target: 'blobs',
      message: 'm',
      nextStep: 'n',
      ...access,
    });
  });

  it('gives away nothing of a foreign error, nor of a cause', () => {
    const canary = new Error('canary');
    const known = new AppError({
      code: 'UNEXPECTED',
      target: 'app',
      message: 'm',
      nextStep: 'n',
      cause: canary,
    });
    for (const shown of [
      JSON.stringify(errorResponse(canary)),
      JSON.stringify(errorResponse('canary')),
      JSON.stringify(errorResponse(known)),
      inspect(known),
      inspect({ known }, { depth: 10 }),
    ]) {
      assert.ok(!shown.includes('canary'), shown);
    }
  });
});

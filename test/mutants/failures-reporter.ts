// node --test --test-reporter=…: one line of JSON per test that has ended, for a process that judges them.
import type { TestEvent } from 'node:test/reporters';

export interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  /** `ERR_ASSERTION` for a failing assertion. */
  readonly code?: string;
  readonly message?: string;
  readonly isTimeout?: boolean;
}

export default async function* report(
  events: AsyncIterable<TestEvent>,
): AsyncGenerator<string, void> {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { type: kind, error } = data.details as {
      readonly type?: string;
      readonly error?: Error & { readonly failureType?: string; readonly cause?: unknown };
    };
    if (kind === 'suite') continue;
    const cause = (error?.cause ?? {}) as { readonly code?: string; readonly message?: string };
    const verdict: Verdict = {
      name: data.name,
      passed: type === 'test:pass',
      ...(cause.code !== undefined && { code: cause.code }),
      ...(error && { message: String(cause.message ?? error.cause ?? error.message) }),
      ...(error?.failureType === 'testTimeoutFailure' && { isTimeout: true }),
    };
    yield `${JSON.stringify(verdict)}\n`;
  }
}

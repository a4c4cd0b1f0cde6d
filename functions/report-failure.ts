import type { InvocationContext } from '@azure/functions';
import { AppError } from '../shared/errors.ts';
import { printable } from '../shared/log.ts';

/** The frame of every other function than HTTP's: a failure is told in our words and thrown, so that the host knows. */
export async function reportFailure<T>(
  context: Pick<InvocationContext, 'error'>,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof AppError) {
      context.error(
        printable(`${error.code} (${error.target}): ${error.message} ${error.nextStep}`),
      );
    }
    throw error;
  }
}

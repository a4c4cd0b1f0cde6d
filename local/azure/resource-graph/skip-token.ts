import { badRequest } from './query-error.ts';

/** What Azure's skip tokens hold, but for the address of a cluster. [R46] */
export interface SkipToken {
  readonly MaxRows: number;
  readonly RowsToSkip: number;
}

export function renderSkipToken({ MaxRows, RowsToSkip }: SkipToken): string {
  const text = JSON.stringify({ $id: '1', MaxRows, RowsToSkip }, undefined, 2);
  return Buffer.from(text.replaceAll('\n', '\r\n')).toString('base64');
}

/** Throws GraphError. Pretend: the words for a token that is none. */
export function parseSkipToken(text: string): SkipToken {
  try {
    const { MaxRows, RowsToSkip } = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    const isToken = [MaxRows, RowsToSkip].every((value) => Number.isSafeInteger(value));
    if (isToken && MaxRows > 0 && MaxRows <= 1000 && RowsToSkip >= 0)
      return { MaxRows, RowsToSkip };
  } catch {
    // Told below.
  }
  throw badRequest({ code: 'InvalidSkipToken', message: 'The skip token is not valid.' });
}

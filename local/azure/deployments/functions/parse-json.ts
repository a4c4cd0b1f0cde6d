import JSON5 from 'json5';
import { parseInt64 } from './integers.ts';

/**
 * JSON as ARM's Newtonsoft reads it, comments, single quotes, bare names and trailing commas included.
 * Undefined if the text is none.
 *
 * @throws ServiceError 400 `InvalidTemplate` for an integer beyond 2^53
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, keepExact);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (/^\s*\+/.test(text)) return undefined;
  try {
    // Pretend: text behind the value, a missing last bracket and `[,1]` are refused; ARM lets them pass.
    return JSON5.parse(text, (_, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    );
  } catch {
    return undefined;
  }
}

/** `context.source` (ES2026) is the number as written. */
function keepExact(
  this: unknown,
  _key: string,
  value: unknown,
  context?: { source?: string },
): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  const source = context?.source ?? '';
  // Of more than 64 bits: ARM itself goes on with a fraction's precision.
  return /^-?\d+$/.test(source) ? (parseInt64(source) ?? value) : value;
}

import type { Parser } from '../parser.ts';
import { unsupportedOption } from '../syntax-error.ts';
import type { Token } from '../tokens/token.ts';

// Pretend: READPAST and NOLOCK read committed rows and wait for none; no row is skipped for its lock.
/** Those that ask for locks or for a plan. */
const hintNames: ReadonlySet<string> = new Set(
  'NOLOCK READUNCOMMITTED READCOMMITTED READCOMMITTEDLOCK REPEATABLEREAD SERIALIZABLE HOLDLOCK UPDLOCK XLOCK ROWLOCK PAGLOCK TABLOCK TABLOCKX READPAST NOWAIT FORCESEEK FORCESCAN'.split(
    ' ',
  ),
);

const refusedHints: ReadonlySet<string> = new Set(
  'INDEX NOEXPAND SNAPSHOT KEEPIDENTITY KEEPDEFAULTS IGNORE_CONSTRAINTS IGNORE_TRIGGERS SPATIAL_WINDOW_MAX_CELLS'.split(
    ' ',
  ),
);

/** Whether a token inside of parentheses makes them hints. */
export function isHint(token: Token): boolean {
  return hintNames.has(token.word) || refusedHints.has(token.word);
}

/** `(HINT, HINT …)`; commas may be left out. Upper case. */
export function parseHints(parser: Parser): readonly string[] {
  return parser.parenthesised(() => {
    const hints: string[] = [];
    do {
      const { token } = parser;
      if (refusedHints.has(token.word)) throw unsupportedOption(`hint ${token.word}`, token.line);
      if (!hintNames.has(token.word)) throw parser.unexpected();
      hints.push(parser.advance().word);
      parser.take(',');
    } while (!parser.is(')'));
    return hints;
  });
}

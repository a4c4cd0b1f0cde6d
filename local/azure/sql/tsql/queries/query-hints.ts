import type { Parser } from '../parser.ts';
import { unsupportedOption } from '../syntax-error.ts';

/** Query hints that choose a plan and change no row, by their first word. */
const harmless: ReadonlySet<string> = new Set(
  'RECOMPILE MAXDOP OPTIMIZE KEEP KEEPFIXED FAST HASH LOOP MERGE ORDER CONCAT FORCE EXPAND LABEL USE QUERYTRACEON ROBUST NO_PERFORMANCE_SPOOL DISABLE_OPTIMIZED_PLAN_FORCING'.split(
    ' ',
  ),
);

/** `OPTION (…)`: reads harmless hints over, refuses the others by name. */
export function skipQueryHints(parser: Parser): void {
  if (!parser.take('OPTION')) return;
  parser.parenthesised(() =>
    parser.list(() => {
      const { token } = parser;
      if (!harmless.has(token.word)) {
        if (token.kind !== 'word') throw parser.unexpected();
        throw unsupportedOption(`OPTION ( ${token.word} )`, token.line);
      }
      skipHint(parser);
    }),
  );
}

/** To the comma or parenthesis that ends the hint. */
function skipHint(parser: Parser): void {
  let depth = 0;
  while (depth > 0 || !parser.is(',', ')')) {
    if (parser.atEnd) throw parser.unexpected();
    const { word } = parser.advance();
    if (word === '(') depth += 1;
    if (word === ')') depth -= 1;
  }
}

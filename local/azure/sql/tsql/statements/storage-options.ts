// Where and how an index or table is stored: read over where it changes nothing that a client sees.
import type { Parser } from '../parser.ts';
import { unsupportedOption } from '../syntax-error.ts';

const harmless: ReadonlySet<string> = new Set(
  'PAD_INDEX FILLFACTOR SORT_IN_TEMPDB STATISTICS_NORECOMPUTE STATISTICS_INCREMENTAL DROP_EXISTING_OFF ONLINE RESUMABLE MAX_DURATION ALLOW_ROW_LOCKS ALLOW_PAGE_LOCKS OPTIMIZE_FOR_SEQUENTIAL_KEY MAXDOP DATA_COMPRESSION XML_COMPRESSION'.split(
    ' ',
  ),
);

/** `WITH (…)` and `ON [PRIMARY]` behind a table, key or index. Others than harmless options are refused by name. */
export function skipStorageOptions(parser: Parser): void {
  if (parser.isSequence('WITH', '(')) {
    parser.advance();
    parser.parenthesised(() => parser.list(() => skipOption(parser)));
  } else if (parser.isSequence('WITH', 'FILLFACTOR')) {
    parser.advance();
    skipOption(parser);
  }
  while (parser.is('ON', 'TEXTIMAGE_ON') && !['DELETE', 'UPDATE'].includes(parser.ahead(1).word)) {
    parser.advance();
    const { token } = parser;
    if (!['PRIMARY', 'DEFAULT'].includes(token.value.toUpperCase())) {
      throw unsupportedOption(`filegroup ${token.value}`, token.line);
    }
    parser.advance();
  }
}

/** `NAME = value`. */
function skipOption(parser: Parser): void {
  const { token } = parser;
  const off = parser.ahead(2).word === 'OFF';
  const known = harmless.has(token.word) || (off && /^[A-Z_]+$/.test(token.word));
  if (!known) throw unsupportedOption(token.value.toUpperCase(), token.line);
  parser.advance();
  parser.expect('=');
  parser.advance();
  if (parser.isSequence('MINUTES')) parser.advance();
}

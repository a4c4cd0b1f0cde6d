// The collations that are told apart: what counts in a comparison of text.
import { DEFAULT_COLLATION } from '../catalogue/default-collation.ts';
import { unsupportedFeature } from '../tsql/syntax-error.ts';

export interface Collation {
  readonly name: string;
  /** The function of SQLite's that makes a text comparable. */
  readonly key: 't_fold' | 't_trim';
  /** Said by COLLATE: goes before that of a column. */
  readonly isExplicit?: boolean;
}

export const defaultCollation: Collation = { name: DEFAULT_COLLATION, key: 't_fold' };

// Not _UTF8 and _SC, which count other lengths, _KS and _WS, which tell more apart, _CS_AS and _BIN, which sort otherwise.
const caseInsensitive = /^(SQL_Latin1_General_CP1|Latin1_General(_100)?)_CI_AS$/i;
const exact = /^Latin1_General(_100)?_BIN2$/i;

/** Throws SqlError 40514 for one that compares in another way. */
export function collationNamed(name: string, line: number): Collation {
  if (/^DATABASE_DEFAULT$/i.test(name)) return defaultCollation;
  if (caseInsensitive.test(name)) return { name, key: 't_fold' };
  if (exact.test(name)) return { name, key: 't_trim' };
  throw unsupportedFeature(`collation ${name}`, line);
}

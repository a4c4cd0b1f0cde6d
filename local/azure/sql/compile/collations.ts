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

// Not those of UTF-8, under which varchar holds other characters and counts other lengths.
const caseInsensitive = /^(SQL_Latin1_General_CP1|Latin1_General(_100)?)_CI_AS(_KS)?(_WS)?(_SC)?$/i;
const exact = /^((SQL_)?Latin1_General(_CP1)?(_100)?(_CS_AS|_BIN2?)|Latin1_General_100_CS_AS_SC)$/i;

/** Throws SqlError 40514 for one that compares in another way. */
export function collationNamed(name: string, line: number): Collation {
  if (/^DATABASE_DEFAULT$/i.test(name)) return defaultCollation;
  if (caseInsensitive.test(name)) return { name, key: 't_fold' };
  if (exact.test(name)) return { name, key: 't_trim' };
  throw unsupportedFeature(`collation ${name}`, line);
}

import type { Column, Row } from './expression.ts';
import type { ExpressionScope } from './parse-expression.ts';
import type { TokenReader } from './token-reader.ts';

/** What one operator makes of the rows before it. */
export interface Step {
  readonly columns: readonly Column[];
  apply(rows: readonly Row[]): readonly Row[];
}

/** Reads what stands behind an operator's name. Throws GraphError. */
export type TabularOperator = (tokens: TokenReader, scope: ExpressionScope) => Step;

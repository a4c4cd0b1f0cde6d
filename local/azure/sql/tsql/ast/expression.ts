// Expressions and conditions.
import type { SqlType } from '../../../tds/sql-type.ts';
import type { Position } from './position.ts';
import type { Query } from './query.ts';

export type Expression =
  | (Position & { readonly kind: 'null' })
  /** `digits`: as written, without sign: `1`, `1.50`, `1e3`. int, bigint, decimal or float by SQL Server's rule. */
  | (Position & { readonly kind: 'number'; readonly digits: string })
  | (Position & { readonly kind: 'string'; readonly value: string; readonly isNational: boolean })
  | (Position & { readonly kind: 'binary'; readonly value: Uint8Array })
  /** `@name` or `@@NAME`, as written. */
  | (Position & { readonly kind: 'variable'; readonly name: string })
  /** `[table.]column`; `table` may be an alias. */
  | (Position & {
      readonly kind: 'column';
      readonly schema?: string;
      readonly table?: string;
      readonly name: string;
    })
  | (Position & {
      readonly kind: 'unary';
      readonly operator: '-' | '+' | '~';
      readonly operand: Expression;
    })
  | (Position & {
      readonly kind: 'binaryOperation';
      readonly operator: '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^';
      readonly left: Expression;
      readonly right: Expression;
    })
  /** Built-in; the name in upper case. `arguments` of COUNT(*) is `'*'`. */
  | (Position & {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: readonly Expression[] | '*';
      readonly distinct?: boolean;
      readonly over?: Window;
      /** STRING_AGG … WITHIN GROUP (ORDER BY …). */
      readonly withinGroup?: readonly OrderItem[];
    })
  /** First argument of DATEADD, DATEDIFF, DATEPART, DATENAME, DATETRUNC: `day`, `hour` (abbreviations are spelled out). */
  | (Position & { readonly kind: 'datePart'; readonly part: string })
  | (Position & {
      readonly kind: 'cast';
      readonly operand: Expression;
      readonly type: SqlType;
      /** TRY_CAST, TRY_CONVERT: NULL instead of an error. */
      readonly isTry: boolean;
      /** CONVERT's style; absent: 0. */
      readonly style?: Expression;
    })
  | (Position & {
      readonly kind: 'case';
      readonly input?: Expression;
      readonly branches: readonly {
        /** An expression where `input` is there, a condition otherwise. */
        readonly when: Expression | Condition;
        readonly then: Expression;
      }[];
      readonly otherwise?: Expression;
    })
  /** IIF(condition, a, b) is a `case`. */
  | (Position & { readonly kind: 'subquery'; readonly query: Query })
  | (Position & {
      readonly kind: 'collate';
      readonly operand: Expression;
      readonly collation: string;
    })
  /** `x AT TIME ZONE 'UTC'`. */
  | (Position & {
      readonly kind: 'atTimeZone';
      readonly operand: Expression;
      readonly zone: Expression;
    });

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** T-SQL tells conditions from expressions: neither may stand for the other. */
export type Condition =
  | (Position & {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  /** `x > ALL (query)`, `= ANY`, `= SOME`. */
  | (Position & {
      readonly kind: 'quantified';
      readonly operator: ComparisonOperator;
      readonly quantifier: 'all' | 'any';
      readonly left: Expression;
      readonly query: Query;
    })
  | (Position & {
      readonly kind: 'and' | 'or';
      readonly left: Condition;
      readonly right: Condition;
    })
  | (Position & { readonly kind: 'not'; readonly operand: Condition })
  | (Position & {
      readonly kind: 'isNull';
      readonly operand: Expression;
      readonly negated: boolean;
    })
  | (Position & {
      readonly kind: 'isDistinctFrom';
      readonly left: Expression;
      readonly right: Expression;
      readonly negated: boolean;
    })
  | (Position & {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
    })
  | (Position & {
      readonly kind: 'in';
      readonly operand: Expression;
      readonly list: readonly Expression[] | Query;
      readonly negated: boolean;
    })
  | (Position & {
      readonly kind: 'like';
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape?: Expression;
      readonly negated: boolean;
    })
  | (Position & { readonly kind: 'exists'; readonly query: Query });

export interface OrderItem {
  readonly expression: Expression;
  readonly descending: boolean;
}

export interface Window {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  /** `ROWS` or `RANGE` clause, upper case with single blanks, bounds checked: `ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW`. */
  readonly frame?: string;
}

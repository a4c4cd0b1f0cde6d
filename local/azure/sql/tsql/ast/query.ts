// SELECT and what it reads from.
import type { Condition, Expression, OrderItem } from './expression.ts';
import type { ObjectName, Position } from './position.ts';

export interface Query extends Position {
  readonly with: readonly CommonTableExpression[];
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly offset?: Expression;
  readonly fetch?: Expression;
}

export interface CommonTableExpression extends Position {
  readonly name: string;
  readonly columns?: readonly string[];
  readonly query: Query;
}

export type QueryBody =
  | Select
  | (Position & {
      readonly kind: 'union' | 'unionAll' | 'except' | 'intersect';
      readonly left: QueryBody;
      readonly right: QueryBody;
    });

export interface Select extends Position {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly top?: {
    readonly count: Expression;
    readonly percent: boolean;
    readonly withTies: boolean;
  };
  readonly items: readonly SelectItem[];
  readonly from: readonly TableSource[];
  readonly where?: Condition;
  readonly groupBy: readonly Expression[];
  readonly having?: Condition;
}

export type SelectItem =
  | (Position & { readonly kind: 'all'; readonly table?: string })
  | (Position & { readonly kind: 'item'; readonly expression: Expression; readonly alias?: string })
  /** `SELECT @x = …`; `operator` of `+=`. All items of a select assign, or none. */
  | (Position & {
      readonly kind: 'assign';
      readonly variable: string;
      readonly operator?: '+' | '-' | '*' | '/' | '%';
      readonly expression: Expression;
    });

export type TableSource =
  | (Position & {
      readonly kind: 'table';
      readonly name: ObjectName;
      readonly alias?: string;
      /** Upper case: HOLDLOCK, UPDLOCK, NOLOCK, ROWLOCK …: those that only ask for locks. */
      readonly hints: readonly string[];
    })
  | (Position & {
      readonly kind: 'derived';
      readonly query: Query;
      readonly alias: string;
      readonly columns?: readonly string[];
    })
  | (Position & {
      readonly kind: 'values';
      readonly rows: readonly (readonly Expression[])[];
      readonly alias: string;
      readonly columns: readonly string[];
    })
  | (Position & {
      readonly kind: 'join';
      readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross';
      readonly left: TableSource;
      readonly right: TableSource;
      readonly on?: Condition;
    });

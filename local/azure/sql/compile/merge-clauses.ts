import { SqlError } from '../../tds/sql-error.ts';
import type { Merge } from '../tsql/ast/data-statement.ts';

const words = {
  matched: 'WHEN MATCHED',
  notMatchedByTarget: 'WHEN NOT MATCHED',
  notMatchedBySource: 'WHEN NOT MATCHED BY SOURCE',
} as const;

/**
 * An action once in clauses of a kind, and none behind a clause that takes all. Throws SqlError 5324, 10714
 * [https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql].
 */
export function requireOrder(clauses: Merge['clauses']): void {
  clauses.forEach(({ when, and, action }, index) => {
    const before = clauses.slice(0, index).filter((each) => each.when === when);
    if (before.some((each) => each.action.kind === action.kind)) {
      throw new SqlError(
        10714,
        `An action of type '${action.kind.toUpperCase()}' cannot appear more than once in a '${words[when]}' clause of a MERGE statement.`,
        15,
      );
    }
    if (before.some((each) => each.and === undefined) && and !== undefined) {
      throw new SqlError(
        5324,
        `In a MERGE statement, a '${words[when]}' clause with a search condition cannot appear after a '${words[when]}' clause with no search condition.`,
        15,
      );
    }
  });
}

import assert from 'node:assert/strict';
import { parseBatch } from '../../../../../local/azure/sql/tsql/parse-batch.ts';
import { SqlError } from '../../../../../local/azure/tds/sql-error.ts';

/** What the parser says of a batch that it refuses. */
export function sqlErrorOf(text: string): SqlError {
  try {
    parseBatch(text);
  } catch (error) {
    assert.ok(error instanceof SqlError, `not a SqlError: ${error}`);
    return error;
  }
  return assert.fail(`parsed: ${text.slice(0, 100)}`);
}

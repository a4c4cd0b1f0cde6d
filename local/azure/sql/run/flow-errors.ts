// Errors of the flow of a batch [sys.messages].
import { SqlError } from '../../tds/sql-error.ts';

export const tooDeep = () =>
  new SqlError(
    217,
    'Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).',
  );

export const noProcedure = (name: string) =>
  new SqlError(2812, `Could not find stored procedure '${name}'.`, 16, 62);

export const missingParameter = (procedure: string, parameter: string) =>
  new SqlError(
    201,
    `Procedure or function '${procedure}' expects parameter '${parameter}', which was not supplied.`,
    16,
    4,
  );

export const unknownParameter = (procedure: string, parameter: string) =>
  new SqlError(8145, `${parameter} is not a parameter for procedure ${procedure}.`, 16, 1);

export const tooManyArguments = (procedure: string) =>
  new SqlError(8144, `Procedure or function ${procedure} has too many arguments specified.`, 16, 2);

export const parametersNotSupplied = (procedure: string) =>
  new SqlError(
    8146,
    `Procedure ${procedure} has no parameters and arguments were supplied.`,
    16,
    1,
  );

export const notOutput = (parameter: string) =>
  new SqlError(
    8162,
    `The formal parameter "${parameter}" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.`,
    16,
    2,
  );

export const unknownHandle = (handle: number) =>
  new SqlError(8179, `Could not find prepared statement with handle ${handle}.`, 16, 4);

export const countMismatch = (before: number, after: number) =>
  new SqlError(
    266,
    `Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = ${before}, current count = ${after}.`,
    16,
    2,
  );

export const uncommittable = () =>
  new SqlError(
    3998,
    'Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.',
  );

export const noOtherDatabase = () =>
  new SqlError(
    40508,
    'USE statement is not supported to switch between databases. Use a new connection to connect to a different database.',
  );

export const throwTooLow = (number: number) =>
  new SqlError(
    35100,
    `Error number ${number} in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.`,
    16,
    10,
  );

/**
 * What ends the whole batch and its transaction, where other errors end their statement: conversions of text that is
 * none of the kind, modules that nest too deep, a transaction that can only be rolled back.
 * Source: https://www.sommarskog.se/error_handling/Part2.html, chapter 3
 */
const batchAborting: ReadonlySet<number> = new Set([
  217, 235, 241, 242, 244, 245, 248, 293, 295, 1205, 3930, 8114, 8169,
]);

export const abortsBatch = ({ number, class: severity }: SqlError): boolean =>
  batchAborting.has(number) || severity >= 20;

export const doomed = () =>
  new SqlError(
    3930,
    'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.',
  );

export const doomedSavepoint = () =>
  new SqlError(
    3931,
    'The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.',
  );

export const nothingToRethrow = () =>
  new SqlError(
    10_704,
    'To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.',
    15,
  );

export const killed = () =>
  new SqlError(596, 'Cannot continue the execution because the session is in the kill state.', 21);

export const statementExpected = () =>
  new SqlError(
    214,
    "Procedure expects parameter '@statement' of type 'ntext/nchar/nvarchar'.",
    16,
    2,
  );

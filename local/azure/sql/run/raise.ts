// RAISERROR and THROW.
import { SqlError, type SqlMessage } from '../../tds/sql-error.ts';
import type { SqlValue } from '../../tds/sql-type.ts';

/** RAISERROR's printf. https://learn.microsoft.com/sql/t-sql/language-elements/raiserror-transact-sql */
export function formatMessage(text: string, values: readonly SqlValue[]): string {
  let index = 0;
  return text.replace(
    /%(%|[-+0 #]*\d*(?:\.\d+)?(?:l|h|I64)?[diouxXs])/g,
    (_match, rest: string) => {
      if (rest === '%') return '%';
      const value = values[index++];
      if (value === null || value === undefined) return '(null)';
      const number = () => BigInt(Math.trunc(Number(value)));
      const width = Number(/\d+/.exec(rest)?.[0] ?? 0);
      const shown = shownAs(rest.at(-1) ?? 's', value, number);
      return rest.includes('-')
        ? shown.padEnd(width)
        : shown.padStart(width, rest.startsWith('0') ? '0' : ' ');
    },
  );
}

function shownAs(kind: string, value: Exclude<SqlValue, null>, number: () => bigint): string {
  switch (kind) {
    case 'x':
      return number().toString(16);
    case 'X':
      return number().toString(16).toUpperCase();
    case 'o':
      return number().toString(8);
    case 's':
      return String(value);
    default:
      return String(number());
  }
}

const MAX_SEVERITY = 18;

/** Up to severity 10 a message, above it an error. Throws SqlError 2754 for one that only administrators may raise. */
export function raise(text: string, severity: number, state: number): SqlMessage | SqlError {
  if (severity > MAX_SEVERITY) {
    throw new SqlError(
      2754,
      'Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.',
    );
  }
  const message = text.slice(0, 2_047);
  if (severity <= 10) return { number: 50_000, state, class: Math.max(0, severity), message };
  return new SqlError(50_000, message, severity, state);
}

export const noSuchMessage = (number: number, severity: number, state: number) =>
  new SqlError(
    18_054,
    `Error ${number}, severity ${severity}, state ${state} was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.`,
  );

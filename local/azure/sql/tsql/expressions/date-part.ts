import type { Expression } from '../ast/expression.ts';
import type { Parser } from '../parser.ts';
import { nameToken, textError } from '../syntax-error.ts';

/** [DATEPART (Transact-SQL)] with abbreviations. */
const partNames: Readonly<Record<string, readonly string[]>> = {
  year: ['yy', 'yyyy'],
  quarter: ['qq', 'q'],
  month: ['mm', 'm'],
  dayofyear: ['dy', 'y'],
  day: ['dd', 'd'],
  week: ['wk', 'ww'],
  weekday: ['dw', 'w'],
  hour: ['hh'],
  minute: ['mi', 'n'],
  second: ['ss', 's'],
  millisecond: ['ms'],
  microsecond: ['mcs'],
  nanosecond: ['ns'],
  tzoffset: ['tz'],
  iso_week: ['isowk', 'isoww'],
};

const parts: ReadonlyMap<string, string> = new Map(
  Object.entries(partNames).flatMap(([name, short]) =>
    [name, ...short].map((word): [string, string] => [word, name]),
  ),
);

/** The first argument of DATEADD and the like. Throws 155 for a word that is none. */
export function parseDatePart(parser: Parser, functionName: string): Expression {
  const { position, token } = parser;
  if (!parser.isIdentifier()) throw parser.unexpected();
  const part = parts.get(token.value.toLowerCase());
  if (part === undefined) {
    const message = `'${nameToken(token)}' is not a recognized ${functionName.toLowerCase()} option.`;
    throw textError(155, message, token.line);
  }
  parser.advance();
  return { kind: 'datePart', part, ...position };
}

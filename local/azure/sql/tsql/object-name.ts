import type { ObjectName } from './ast/position.ts';
import { databaseInName } from './expressions/primary.ts';
import type { Parser } from './parser.ts';

/** `[database.][schema.]name`; `database..name` leaves the schema out. A server's name is refused with 40515. */
export function parseObjectName(parser: Parser): ObjectName {
  const { position, token } = parser;
  const parts: (string | undefined)[] = [parser.identifier()];
  while (parser.take('.')) parts.push(parser.is('.') ? undefined : parser.identifier());
  if (parts.length > 4) throw parser.unexpected();
  if (parts.length === 4) throw databaseInName(parts.join('.'), token.line);
  const [name, schema, database] = parts.reverse();
  if (name === undefined) throw parser.unexpected();
  return {
    name,
    ...(schema === undefined ? {} : { schema }),
    ...(database === undefined ? {} : { database }),
    ...position,
  };
}

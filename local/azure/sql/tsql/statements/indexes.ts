import type { CreateIndex } from '../ast/definition.ts';
import type { ObjectName } from '../ast/position.ts';
import { parseObjectName } from '../object-name.ts';
import type { Parser } from '../parser.ts';
import { parseColumnNames } from '../queries/common-table-expressions.ts';
import { unsupportedOption } from '../syntax-error.ts';
import { parseIndexColumns, takeClustered } from './constraints.ts';
import { skipStorageOptions } from './storage-options.ts';

/** Behind CREATE: `[UNIQUE] [CLUSTERED] INDEX name ON table (…) …`. */
export function parseCreateIndex(parser: Parser): CreateIndex {
  const unique = parser.take('UNIQUE');
  const clustered = takeClustered(parser) ?? false;
  if (parser.is('COLUMNSTORE')) throw unsupportedOption('COLUMNSTORE INDEX', parser.token.line);
  parser.expect('INDEX');
  const name = parser.identifier();
  parser.expect('ON');
  const table = parseObjectName(parser);
  return { ...parseIndexBody(parser, { name, table, unique }), clustered };
}

/** From the columns on. */
export function parseIndexBody(
  parser: Parser,
  index: { readonly name: string; readonly table: ObjectName; readonly unique: boolean },
): CreateIndex {
  const clustered = takeClustered(parser) ?? false;
  if (parser.is('COLUMNSTORE')) throw unsupportedOption('COLUMNSTORE INDEX', parser.token.line);
  const columns = parseIndexColumns(parser);
  const include = parser.take('INCLUDE') ? parseColumnNames(parser) : [];
  const filter = parser.take('WHERE') ? parseFilter(parser) : {};
  skipStorageOptions(parser);
  return { kind: 'createIndex', ...index, clustered, columns, include, ...filter };
}

function parseFilter(parser: Parser) {
  const { start } = parser.token;
  const where = parser.grammar.condition(parser);
  return { where, whereText: parser.textFrom(start) };
}

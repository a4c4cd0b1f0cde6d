import type {
  ColumnDefinition,
  CreateIndex,
  CreateTable,
  TableConstraint,
} from '../ast/definition.ts';
import type { ObjectName } from '../ast/position.ts';
import { parseDataType } from '../data-type.ts';
import { parseObjectName } from '../object-name.ts';
import type { Parser } from '../parser.ts';
import { unsupportedOption } from '../syntax-error.ts';
import { parseConstraint, parseDefault, takeConstraintName } from './constraints.ts';
import { parseIndexBody } from './indexes.ts';
import { skipStorageOptions } from './storage-options.ts';

/** Behind CREATE TABLE. */
export function parseCreateTable(parser: Parser): CreateTable {
  const table = parseObjectName(parser);
  if (parser.is('AS')) {
    throw unsupportedOption(`CREATE TABLE AS ${parser.ahead(1).value}`, parser.token.line);
  }
  const columns: ColumnDefinition[] = [];
  const constraints: TableConstraint[] = [];
  const indexes: CreateIndex[] = [];
  parser.parenthesised(() => {
    do {
      // A comma may stand behind the last item.
      if (columns.length > 0 && parser.is(')')) return;
      if (isIndex(parser)) indexes.push(parseTableIndex(parser, table));
      else parseTableElement(parser, columns, constraints);
    } while (parser.take(',') || startsConstraint(parser));
  });
  skipStorageOptions(parser);
  return { kind: 'createTable', table, columns, constraints, indexes };
}

function startsConstraint(parser: Parser): boolean {
  return parser.is('CONSTRAINT', 'PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK');
}

function isIndex(parser: Parser): boolean {
  return parser.is('INDEX');
}

function parseTableIndex(parser: Parser, table: ObjectName): CreateIndex {
  parser.expect('INDEX');
  const name = parser.identifier();
  const unique = parser.take('UNIQUE');
  return parseIndexBody(parser, { name, table, unique });
}

/** One column or constraint, of CREATE TABLE and ALTER TABLE ADD. */
export function parseTableElement(
  parser: Parser,
  columns: ColumnDefinition[],
  constraints: TableConstraint[],
): void {
  if (parser.isSequence('PERIOD', 'FOR')) {
    throw unsupportedOption('PERIOD FOR SYSTEM_TIME', parser.token.line);
  }
  if (!startsConstraint(parser)) {
    columns.push(parseColumn(parser));
    return;
  }
  const constraint = parseConstraint(parser, takeConstraintName(parser));
  if (constraint === undefined) throw parser.unexpected();
  constraints.push(constraint);
}

/** `name type …` */
function parseColumn(parser: Parser): ColumnDefinition {
  const { position, token } = parser;
  const name = parser.identifier();
  if (parser.is('AS')) throw unsupportedOption(`computed column ${name}`, token.line);
  const column: Mutable<ColumnDefinition> & { constraints: TableConstraint[] } = {
    name,
    type: parseDataType(parser),
    constraints: [],
    ...position,
  };
  while (parseColumnOption(parser, column));
  return column;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OpenColumn = Mutable<ColumnDefinition> & { constraints: TableConstraint[] };

const refusedOptions: ReadonlySet<string> = new Set([
  'SPARSE',
  'ROWGUIDCOL',
  'GENERATED',
  'MASKED',
  'ENCRYPTED',
  'FILESTREAM',
  'INDEX',
  'HIDDEN',
]);

/** Reads one option into the column; false where none follows. */
function parseColumnOption(parser: Parser, column: OpenColumn): boolean {
  const { token } = parser;
  if (parser.isSequence('NOT', 'FOR')) throw unsupportedOption('NOT FOR REPLICATION', token.line);
  if (parser.take('NOT', 'NULL')) column.nullable = false;
  else if (parser.take('NULL')) column.nullable = true;
  else if (parser.take('COLLATE')) column.collation = parser.identifier();
  else if (parser.take('IDENTITY')) column.identity = parseIdentity(parser);
  else if (refusedOptions.has(token.word)) {
    throw unsupportedOption(`column option ${token.word}`, token.line);
  } else return parseColumnConstraint(parser, column);
  return true;
}

function parseColumnConstraint(parser: Parser, column: OpenColumn): boolean {
  const named = takeConstraintName(parser);
  if (parser.take('DEFAULT')) {
    column.default = parseDefault(parser, named);
    if (parser.take('WITH', 'VALUES')) column.default = { ...column.default, withValues: true };
    return true;
  }
  const constraint = parseConstraint(parser, named, column.name);
  if (constraint !== undefined) column.constraints.push(constraint);
  else if (named.name !== undefined) throw parser.unexpected();
  return constraint !== undefined;
}

function parseIdentity(parser: Parser): { readonly seed: number; readonly increment: number } {
  if (!parser.is('(')) return { seed: 1, increment: 1 };
  return parser.parenthesised(() => {
    const seed = parseSignedInteger(parser);
    parser.expect(',');
    return { seed, increment: parseSignedInteger(parser) };
  });
}

function parseSignedInteger(parser: Parser): number {
  const sign = parser.take('-') ? -1 : 1;
  const { token } = parser;
  if (token.kind !== 'number' || !/^\d{1,15}$/.test(token.value)) throw parser.unexpected();
  parser.advance();
  return sign * Number(token.value);
}

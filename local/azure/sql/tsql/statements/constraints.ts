import type { DefaultDefinition, IndexColumn, TableConstraint } from '../ast/definition.ts';
import { parseObjectName } from '../object-name.ts';
import type { Parser } from '../parser.ts';
import { parseColumnNames } from '../queries/common-table-expressions.ts';
import { unsupportedOption } from '../syntax-error.ts';
import { skipStorageOptions } from './storage-options.ts';

/** `CONSTRAINT name`, if it comes next. */
export function takeConstraintName(parser: Parser): { readonly name?: string } {
  return parser.take('CONSTRAINT') ? { name: parser.identifier() } : {};
}

/**
 * PRIMARY KEY, UNIQUE, FOREIGN KEY, REFERENCES or CHECK; undefined for another word.
 * `column`: of which column it is part; the constraint then names no columns of its own.
 */
export function parseConstraint(
  parser: Parser,
  named: { readonly name?: string },
  column?: string,
): TableConstraint | undefined {
  const { position } = parser;
  if (parser.is('PRIMARY', 'UNIQUE')) return { ...parseKey(parser, column), ...named, ...position };
  if (parser.is('FOREIGN', 'REFERENCES')) {
    return { ...parseForeignKey(parser, column), ...named, ...position };
  }
  if (!parser.take('CHECK')) return undefined;
  if (parser.isSequence('NOT', 'FOR')) {
    throw unsupportedOption('NOT FOR REPLICATION', parser.token.line);
  }
  parser.expect('(');
  const { start } = parser.token;
  const condition = parser.grammar.condition(parser);
  const text = parser.textFrom(start);
  parser.expect(')');
  return { kind: 'check', condition, text, ...named, ...position };
}

function parseKey(parser: Parser, column: string | undefined) {
  const kind = parser.oneOf('PRIMARY', 'UNIQUE') === 'PRIMARY' ? 'primaryKey' : 'unique';
  if (kind === 'primaryKey') parser.expect('KEY');
  const clustered = takeClustered(parser);
  const columns =
    parser.is('(') || column === undefined
      ? parseIndexColumns(parser)
      : [{ name: column, descending: false }];
  skipStorageOptions(parser);
  return { kind, columns, ...(clustered === undefined ? {} : { clustered }) } as const;
}

export function takeClustered(parser: Parser): boolean | undefined {
  if (parser.take('CLUSTERED')) return true;
  return parser.take('NONCLUSTERED') ? false : undefined;
}

export function parseIndexColumns(parser: Parser): readonly IndexColumn[] {
  return parser.parenthesised(() =>
    parser.list(() => {
      const name = parser.identifier();
      const descending = parser.take('DESC');
      if (!descending) parser.take('ASC');
      return { name, descending };
    }),
  );
}

function parseForeignKey(parser: Parser, column: string | undefined) {
  let columns = column === undefined ? [] : [column];
  if (parser.take('FOREIGN')) {
    parser.expect('KEY');
    if (parser.is('(') || column === undefined) columns = [...parseColumnNames(parser)];
  } else if (column === undefined) throw parser.unexpected();
  parser.expect('REFERENCES');
  const references = parseObjectName(parser);
  const referencedColumns = parser.is('(') ? parseColumnNames(parser) : [];
  let onDelete: ReferentialAction = 'noAction';
  let onUpdate: ReferentialAction = 'noAction';
  while (parser.isSequence('ON', 'DELETE') || parser.isSequence('ON', 'UPDATE')) {
    parser.advance();
    if (parser.oneOf('DELETE', 'UPDATE') === 'DELETE') onDelete = parseAction(parser);
    else onUpdate = parseAction(parser);
  }
  if (parser.isSequence('NOT', 'FOR')) {
    throw unsupportedOption('NOT FOR REPLICATION', parser.token.line);
  }
  return {
    kind: 'foreignKey',
    columns,
    references,
    referencedColumns,
    onDelete,
    onUpdate,
  } as const;
}

type ReferentialAction = Extract<TableConstraint, { kind: 'foreignKey' }>['onDelete'];

function parseAction(parser: Parser): ReferentialAction {
  if (parser.take('NO')) {
    parser.expect('ACTION');
    return 'noAction';
  }
  if (parser.take('CASCADE')) return 'cascade';
  parser.expect('SET');
  return parser.oneOf('NULL', 'DEFAULT') === 'NULL' ? 'setNull' : 'setDefault';
}

/** Behind DEFAULT. */
export function parseDefault(parser: Parser, named: { readonly name?: string }): DefaultDefinition {
  const { start } = parser.token;
  const expression = parser.grammar.expression(parser);
  return { ...named, expression, text: parser.textFrom(start) };
}

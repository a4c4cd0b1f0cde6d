import type { AlterTable, ColumnDefinition, TableConstraint } from '../ast/definition.ts';
import { parseDataType } from '../data-type.ts';
import { parseObjectName } from '../object-name.ts';
import type { Parser } from '../parser.ts';
import { unsupportedOption } from '../syntax-error.ts';
import { parseDefault, takeConstraintName } from './constraints.ts';
import { parseTableElement } from './tables.ts';

/** Behind ALTER TABLE. */
export function parseAlterTable(parser: Parser): AlterTable {
  const table = parseObjectName(parser);
  return { kind: 'alterTable', table, change: parseChange(parser) };
}

function parseChange(parser: Parser): AlterTable['change'] {
  const { token } = parser;
  if (parser.isSequence('WITH', 'NOCHECK')) {
    throw unsupportedOption('ALTER TABLE WITH NOCHECK', token.line);
  }
  // WITH CHECK is what ADD does anyway.
  const checked = parser.take('WITH', 'CHECK');
  if (parser.take('ADD')) return parseAdd(parser);
  if (!checked && parser.take('DROP')) return parseDrop(parser);
  if (!checked && parser.take('ALTER')) return parseAlterColumn(parser);
  if (parser.is('ADD', 'DROP', 'ALTER') || token.kind !== 'word') throw parser.unexpected();
  const words = checked ? ['WITH', 'CHECK', 'CHECK'] : [token.word, parser.ahead(1).word];
  throw unsupportedOption(`ALTER TABLE ${words.join(' ').trim()}`, token.line);
}

function parseAdd(parser: Parser): AlterTable['change'] {
  if (isNamedDefault(parser)) {
    const named = takeConstraintName(parser);
    parser.expect('DEFAULT');
    const definition = parseDefault(parser, named);
    parser.expect('FOR');
    return { kind: 'addDefault', column: parser.identifier(), default: definition };
  }
  const columns: ColumnDefinition[] = [];
  const constraints: TableConstraint[] = [];
  parser.list(() => parseTableElement(parser, columns, constraints));
  return { kind: 'add', columns, constraints };
}

function isNamedDefault(parser: Parser): boolean {
  if (parser.is('DEFAULT')) return true;
  return parser.is('CONSTRAINT') && parser.ahead(2).word === 'DEFAULT';
}

function parseDrop(parser: Parser): AlterTable['change'] {
  const kind = parser.take('COLUMN') ? 'dropColumn' : 'dropConstraint';
  if (kind === 'dropConstraint') parser.take('CONSTRAINT');
  const ifExists = parser.take('IF', 'EXISTS');
  const names = parser.list(() => {
    if (parser.is('COLUMN', 'CONSTRAINT')) {
      throw unsupportedOption('ALTER TABLE DROP of several kinds', parser.token.line);
    }
    return parser.identifier();
  });
  return { kind, names, ifExists };
}

function parseAlterColumn(parser: Parser): AlterTable['change'] {
  parser.expect('COLUMN');
  const name = parser.identifier();
  if (parser.is('ADD', 'DROP')) {
    throw unsupportedOption(`ALTER COLUMN ${parser.token.word}`, parser.token.line);
  }
  const type = parseDataType(parser);
  if (parser.is('COLLATE')) throw unsupportedOption('ALTER COLUMN COLLATE', parser.token.line);
  const change = { kind: 'alterColumn', name, type } as const;
  if (parser.take('NOT', 'NULL')) return { ...change, nullable: false };
  return parser.take('NULL') ? { ...change, nullable: true } : change;
}

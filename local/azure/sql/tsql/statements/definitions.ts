// CREATE, ALTER and DROP: which of them, and the refusal of all others by name.
import type { CreateModule } from '../ast/definition.ts';
import type { Statement } from '../ast/statement.ts';
import { parseObjectName } from '../object-name.ts';
import type { Parser } from '../parser.ts';
import { absentInAzure, textError, unsupportedStatement } from '../syntax-error.ts';
import { parseAlterTable } from './alter-table.ts';
import { parseCreateIndex } from './indexes.ts';
import { parseProcedure, parseView } from './modules.ts';
import { parseAlterRole, parseAlterUser, parseCreateRole, parseCreateUser } from './security.ts';
import { parseCreateTable } from './tables.ts';

type Body = Statement extends infer S
  ? S extends unknown
    ? Omit<S, 'line' | 'start' | 'end'>
    : never
  : never;
/** A statement without its place. */
export type StatementBody = Body;

export function parseCreate(parser: Parser): StatementBody {
  const isFirst = parser.isFirst;
  const { line } = parser.token;
  parser.expect('CREATE');
  const orAlter = parser.take('OR', 'ALTER');
  if (parser.is('PROCEDURE', 'PROC', 'VIEW')) {
    return parseModule(parser, orAlter ? 'createOrAlter' : 'create', isFirst, line);
  }
  if (orAlter) throw refuseDefinition(parser, 'CREATE OR ALTER', line);
  if (parser.take('TABLE')) return parseCreateTable(parser);
  if (isIndex(parser)) return parseCreateIndex(parser);
  if (parser.take('USER')) return parseCreateUser(parser);
  if (parser.take('ROLE')) return parseCreateRole(parser);
  if (parser.take('SCHEMA')) return parseCreateSchema(parser, isFirst, line);
  throw refuseDefinition(parser, 'CREATE', line);
}

export function parseAlter(parser: Parser): StatementBody {
  const isFirst = parser.isFirst;
  const { line } = parser.token;
  parser.expect('ALTER');
  if (parser.is('PROCEDURE', 'PROC', 'VIEW')) return parseModule(parser, 'alter', isFirst, line);
  if (parser.take('TABLE')) return parseAlterTable(parser);
  if (parser.take('USER')) return parseAlterUser(parser);
  if (parser.take('ROLE')) return parseAlterRole(parser);
  throw refuseDefinition(parser, 'ALTER', line);
}

function isIndex(parser: Parser): boolean {
  if (parser.is('INDEX')) return true;
  const first = parser.is('UNIQUE') ? 1 : 0;
  const kind = ['CLUSTERED', 'NONCLUSTERED'].includes(parser.ahead(first).word) ? 1 : 0;
  const next = parser.ahead(first + kind).word;
  return first + kind > 0 && (next === 'INDEX' || (kind === 1 && next === 'COLUMNSTORE'));
}

function parseModule(
  parser: Parser,
  mode: CreateModule['mode'],
  isFirst: boolean,
  line: number,
): StatementBody {
  const isView = parser.is('VIEW');
  if (!isFirst) throw mustBeFirst(isView ? 'CREATE VIEW' : 'CREATE/ALTER PROCEDURE', line);
  parser.advance();
  return isView ? parseView(parser, mode) : parseProcedure(parser, mode);
}

/** [sys.messages 111] */
function mustBeFirst(name: string, line: number) {
  return textError(111, `'${name}' must be the first statement in a query batch.`, line);
}

function parseCreateSchema(parser: Parser, isFirst: boolean, line: number): StatementBody {
  if (!isFirst) throw mustBeFirst('CREATE SCHEMA', line);
  if (parser.is('AUTHORIZATION')) throw unsupportedStatement('CREATE SCHEMA AUTHORIZATION', line);
  const name = parser.identifier();
  const owner = parser.take('AUTHORIZATION') ? { owner: parser.identifier() } : {};
  if (parser.is('CREATE', 'GRANT', 'REVOKE', 'DENY')) {
    throw unsupportedStatement('CREATE SCHEMA with elements', line);
  }
  return { kind: 'createSchema', name, ...owner };
}

export function parseDrop(parser: Parser): StatementBody {
  const { line } = parser.token;
  parser.expect('DROP');
  if (parser.is('TABLE', 'VIEW', 'PROCEDURE', 'PROC')) return parseDropObjects(parser);
  if (parser.take('INDEX')) return parseDropIndexes(parser);
  if (parser.is('SCHEMA', 'USER', 'ROLE')) {
    const kind = dropKinds[parser.oneOf('SCHEMA', 'USER', 'ROLE')];
    const ifExists = parser.take('IF', 'EXISTS');
    return { kind, name: parser.identifier(), ifExists };
  }
  throw refuseDefinition(parser, 'DROP', line);
}

const dropKinds = { SCHEMA: 'dropSchema', USER: 'dropUser', ROLE: 'dropRole' } as const;
const objectKinds = {
  TABLE: 'table',
  VIEW: 'view',
  PROCEDURE: 'procedure',
  PROC: 'procedure',
} as const;

function parseDropObjects(parser: Parser): StatementBody {
  const objectKind = objectKinds[parser.oneOf('TABLE', 'VIEW', 'PROCEDURE', 'PROC')];
  const ifExists = parser.take('IF', 'EXISTS');
  return { kind: 'drop', objectKind, names: parser.list(() => parseObjectName(parser)), ifExists };
}

/** `DROP INDEX i ON t`, or the old `t.i`; several become a block. */
function parseDropIndexes(parser: Parser): StatementBody {
  const ifExists = parser.take('IF', 'EXISTS');
  const drops = parser.list((): Statement => {
    const { position } = parser;
    const written = parseObjectName(parser);
    if (parser.take('ON')) {
      const table = parseObjectName(parser);
      const { end } = parser.previous;
      return { kind: 'dropIndex', index: written.name, table, ifExists, ...position, end };
    }
    if (written.schema === undefined) throw parser.unexpected();
    const { name: index, schema: name, database: schema } = written;
    const table = { name, ...(schema === undefined ? {} : { schema }), ...position };
    return { kind: 'dropIndex', index, table, ifExists, ...position, end: parser.previous.end };
  });
  const [only] = drops;
  return drops.length === 1 && only !== undefined ? only : { kind: 'block', statements: drops };
}

/** Two words where one does not say it. */
const firstOfTwo: ReadonlySet<string> = new Set(
  'EXTERNAL SECURITY PARTITION FULLTEXT XML SPATIAL SYMMETRIC ASYMMETRIC MASTER SERVER APPLICATION AVAILABILITY WORKLOAD RESOURCE SEARCH EVENT MESSAGE COLUMN DATABASE SENSITIVITY CRYPTOGRAPHIC REMOTE SERVICE JSON VECTOR PRIMARY UNIQUE'.split(
    ' ',
  ),
);

/** What Azure SQL Database has not either [T-SQL differences between SQL Server and Azure SQL Database]. */
const absent: ReadonlySet<string> = new Set([
  'ENDPOINT',
  'SERVER AUDIT',
  'SERVER ROLE',
  'RESOURCE POOL',
  'WORKLOAD GROUP',
  'AVAILABILITY GROUP',
  'CRYPTOGRAPHIC PROVIDER',
]);

function refuseDefinition(parser: Parser, verb: string, line: number) {
  const { token } = parser;
  if (token.kind !== 'word') return parser.unexpected();
  const next = parser.ahead(1);
  const two = firstOfTwo.has(token.word) && next.kind === 'word' && next.word !== '';
  const isDatabase = token.word === 'DATABASE' && !['SCOPED', 'AUDIT'].includes(next.word);
  const kind = two && !isDatabase ? `${token.word} ${next.word}` : token.word;
  const refuse = absent.has(kind) ? absentInAzure : unsupportedStatement;
  return refuse(`${verb} ${kind}`, line);
}

import type { CreateModule, ProcedureParameter } from '../ast/definition.ts';
import type { Expression } from '../ast/expression.ts';
import type { Statement } from '../ast/statement.ts';
import { parseDataType } from '../data-type.ts';
import { parseObjectName } from '../object-name.ts';
import type { Parser } from '../parser.ts';
import { parseColumnNames } from '../queries/common-table-expressions.ts';
import { unsupportedOption } from '../syntax-error.ts';
import { parseStatements } from './statement-list.ts';

type Mode = CreateModule['mode'];
type ExecuteAs = NonNullable<Extract<CreateModule, { kind: 'createProcedure' }>['executeAs']>;

/** Behind CREATE PROCEDURE; the body is the rest of the batch. */
export function parseProcedure(parser: Parser, mode: Mode): CreateModule {
  const name = parseObjectName(parser);
  if (parser.is(';')) throw unsupportedOption('numbered procedure', parser.token.line);
  const inParentheses = parser.take('(');
  const parameters = parser.token.kind === 'variable' ? parseParameters(parser) : [];
  if (inParentheses) parser.expect(')');
  const executeAs = parser.take('WITH') ? parseProcedureOptions(parser) : undefined;
  if (parser.is('FOR')) throw unsupportedOption('FOR REPLICATION', parser.token.line);
  parser.expect('AS');
  if (parser.is('EXTERNAL')) throw unsupportedOption('EXTERNAL NAME', parser.token.line);
  const body = parser.within({ inProcedure: true }, (): readonly Statement[] =>
    parseStatements(parser, () => parser.atEnd),
  );
  return {
    kind: 'createProcedure',
    mode,
    name,
    text: parser.text,
    parameters,
    body,
    ...(executeAs === undefined ? {} : { executeAs }),
  };
}

/** `@a int = 1, @b nvarchar(10) OUTPUT` */
export function parseParameters(parser: Parser): readonly ProcedureParameter[] {
  return parser.list(() => {
    const { position } = parser;
    const name = parser.variable();
    parser.take('AS');
    const type = parseDataType(parser);
    if (!parser.take('NOT', 'NULL')) parser.take('NULL');
    const value = parser.take('=') ? parseConstant(parser) : undefined;
    const isOutput = parser.take('OUTPUT') || parser.take('OUT');
    if (parser.is('READONLY', 'VARYING')) {
      throw unsupportedOption(`parameter option ${parser.token.word}`, parser.token.line);
    }
    return {
      name,
      type,
      ...(value === undefined ? {} : { default: value }),
      isOutput,
      ...position,
    };
  });
}

/** A parameter's default or argument: a constant; a bare word is a string. */
export function parseConstant(parser: Parser): Expression {
  const { position } = parser;
  if (!parser.isIdentifier()) return parser.grammar.expression(parser);
  return { kind: 'string', value: parser.identifier(), isNational: true, ...position };
}

function parseProcedureOptions(parser: Parser): ExecuteAs | undefined {
  let executeAs: ExecuteAs | undefined;
  parser.list(() => {
    const { token } = parser;
    if (parser.take('RECOMPILE')) return;
    if (!parser.take('EXECUTE') && !parser.take('EXEC')) {
      throw unsupportedOption(`WITH ${token.value.toUpperCase()}`, token.line);
    }
    parser.expect('AS');
    if (parser.token.kind === 'string') {
      throw unsupportedOption("EXECUTE AS 'user' of a module", token.line);
    }
    executeAs = executeAsNames[parser.oneOf('CALLER', 'OWNER', 'SELF')];
  });
  return executeAs;
}

const executeAsNames = { CALLER: 'caller', OWNER: 'owner', SELF: 'self' } as const;

/** Behind CREATE VIEW. */
export function parseView(parser: Parser, mode: Mode): CreateModule {
  const name = parseObjectName(parser);
  const columns = parser.is('(') ? parseColumnNames(parser) : undefined;
  if (parser.take('WITH')) {
    throw unsupportedOption(`WITH ${parser.token.value.toUpperCase()}`, parser.token.line);
  }
  parser.expect('AS');
  const query = parser.grammar.subquery(parser);
  if (parser.isSequence('WITH', 'CHECK', 'OPTION')) {
    throw unsupportedOption('WITH CHECK OPTION', parser.token.line);
  }
  parser.take(';');
  parser.expectEnd();
  return {
    kind: 'createView',
    mode,
    name,
    text: parser.text,
    ...(columns === undefined ? {} : { columns }),
    query,
  };
}

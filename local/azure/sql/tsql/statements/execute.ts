import type { Statement } from '../ast/statement.ts';
import { parseObjectName } from '../object-name.ts';
import type { Parser } from '../parser.ts';
import { unsupportedOption } from '../syntax-error.ts';
import type { StatementBody } from './definitions.ts';
import { parseConstant } from './modules.ts';

type Argument = Extract<Statement, { kind: 'execute' }>['arguments'][number];

/** EXECUTE of a procedure, of a text, or EXECUTE AS. */
export function parseExecute(parser: Parser): StatementBody {
  parser.oneOf('EXEC', 'EXECUTE');
  if (parser.is('AS')) return parseExecuteAs(parser);
  if (parser.is('(')) return parseExecuteText(parser);
  let status = {};
  if (parser.token.kind === 'variable') {
    const { token } = parser;
    parser.advance();
    if (!parser.take('=')) throw unsupportedOption('EXECUTE @procedure', token.line);
    status = { statusVariable: token.value };
    if (parser.token.kind === 'variable') throw unsupportedOption('EXECUTE @procedure', token.line);
  }
  return { ...parseProcedureCall(parser), ...status };
}

/** A name and its arguments; EXECUTE may be left out at the start of a batch. */
export function parseProcedureCall(parser: Parser): StatementBody {
  const procedure = parseObjectName(parser);
  if (parser.is(';') && parser.ahead(1).kind === 'number') {
    throw unsupportedOption('numbered procedure', parser.token.line);
  }
  const hasArguments = startsArgument(parser);
  const args = hasArguments ? parser.list(() => parseArgument(parser)) : [];
  if (parser.isSequence('WITH', 'RECOMPILE')) parser.take('WITH', 'RECOMPILE');
  else if (parser.isSequence('WITH', 'RESULT')) {
    throw unsupportedOption('WITH RESULT SETS', parser.token.line);
  }
  return { kind: 'execute', procedure, arguments: args };
}

function startsArgument(parser: Parser): boolean {
  const { kind } = parser.token;
  if (['variable', 'string', 'number', 'binary', 'quoted'].includes(kind)) return true;
  return parser.isIdentifier() || parser.is('-', '+', 'NULL', 'DEFAULT');
}

/** `[@name =] value [OUTPUT]`: a constant or a variable. */
function parseArgument(parser: Parser): Argument {
  const named = parser.token.kind === 'variable' && parser.ahead(1).word === '=';
  const name = named ? { name: parser.variable() } : {};
  if (named) parser.expect('=');
  if (parser.take('DEFAULT')) return { ...name, value: 'default', isOutput: false };
  const value = parseArgumentValue(parser);
  const isOutput = parser.take('OUTPUT') || parser.take('OUT');
  return { ...name, value, isOutput };
}

function parseArgumentValue(parser: Parser) {
  const { position, token } = parser;
  if (token.kind === 'variable') {
    parser.advance();
    return { kind: 'variable', name: token.value, ...position } as const;
  }
  if (parser.is('-', '+')) {
    const operator = parser.oneOf('-', '+');
    const number = parser.token;
    if (number.kind !== 'number') throw parser.unexpected();
    const operand = { kind: 'number', digits: number.value, ...parser.position } as const;
    parser.advance();
    return { kind: 'unary', operator, operand, ...position } as const;
  }
  if (token.kind === 'number') {
    parser.advance();
    return { kind: 'number', digits: token.value, ...position } as const;
  }
  if (!startsArgument(parser)) throw parser.unexpected();
  return parseConstant(parser);
}

function parseExecuteText(parser: Parser): StatementBody {
  const { line } = parser.token;
  const text = parser.parenthesised(() => parser.grammar.expression(parser));
  if (parser.is('AT')) throw unsupportedOption('EXECUTE … AT', line);
  if (parser.is('AS')) throw unsupportedOption('EXECUTE ( text ) AS', line);
  return { kind: 'executeText', text };
}

function parseExecuteAs(parser: Parser): StatementBody {
  const { line } = parser.token;
  parser.expect('AS');
  if (parser.is('LOGIN', 'CALLER')) {
    throw unsupportedOption(`EXECUTE AS ${parser.token.word}`, line);
  }
  parser.expect('USER', '=');
  if (parser.token.kind !== 'string') throw parser.unexpected();
  const user = parser.advance().value;
  if (parser.is('WITH')) throw unsupportedOption('EXECUTE AS … WITH', line);
  return { kind: 'executeAs', user };
}

import type { Expression } from '../ast/expression.ts';
import type { Parser } from '../parser.ts';
import { textError, unsupportedFeature, unsupportedOption } from '../syntax-error.ts';
import { parseCall, parseWordFunction } from './function-call.ts';

/** A constant, a variable, a column or a call: what operators join. */
export function parsePrimary(parser: Parser): Expression {
  const { position, token } = parser;
  switch (token.kind) {
    case 'number':
      parser.advance();
      return { kind: 'number', digits: token.value, ...position };
    case 'string': {
      parser.advance();
      const { value, isNational } = token;
      return { kind: 'string', value, isNational, ...position };
    }
    case 'binary':
      parser.advance();
      return { kind: 'binary', value: parseBytes(token.value), ...position };
    case 'variable':
      parser.advance();
      refuseMethod(parser, token.value);
      return { kind: 'variable', name: token.value, ...position };
    case 'quoted':
      return parseName(parser);
    case 'word':
      return parseWord(parser);
    default:
      if (token.word === '{') throw unsupportedOption('ODBC escape sequence {', token.line);
      throw parser.unexpected();
  }
}

/** `0x…` as bytes; an odd digit stands alone in the first one. */
export function parseBytes(written: string): Uint8Array {
  const digits = written.slice(2).replace(/\\\r?\n/g, '');
  return new Uint8Array(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'));
}

function parseWord(parser: Parser): Expression {
  const { position, token } = parser;
  if (parser.take('NULL')) return { kind: 'null', ...position };
  if (parser.isSequence('NEXT', 'VALUE', 'FOR')) {
    throw unsupportedOption('NEXT VALUE FOR', token.line);
  }
  if (token.word.startsWith('$') && token.word !== '$ACTION') {
    throw unsupportedFeature(token.value.toLowerCase(), token.line);
  }
  return parseWordFunction(parser) ?? parseName(parser);
}

/** `[schema.][table.]column`, or `name(…)`. */
function parseName(parser: Parser): Expression {
  const { position, token } = parser;
  const parts = [parser.identifier()];
  if (parser.is('(')) return parseCall(parser, token);
  while (parser.take('.')) parts.push(parser.identifier());
  const written = parts.join('.');
  if (parser.is('(')) {
    // There are no user-defined functions, as CREATE FUNCTION is refused. [sys.messages 4121]
    const [qualifier] = parts;
    const message = `Cannot find either column "${qualifier}" or the user-defined function or aggregate "${written}", or the name is ambiguous.`;
    throw textError(4121, message, token.line);
  }
  if (parser.is('::')) throw unsupportedFeature(`method of type ${written}`, token.line);
  if (parts.length > 3) throw databaseInName(written, token.line);
  const [name, table, schema] = parts.reverse();
  if (name === undefined) throw parser.unexpected();
  return {
    kind: 'column',
    name,
    ...(table === undefined ? {} : { table }),
    ...(schema === undefined ? {} : { schema }),
    ...position,
  };
}

/** Names of another database or server are refused. [sys.messages 40515] */
export function databaseInName(name: string, line: number) {
  const message = `Reference to database and/or server name in '${name}' is not supported in this version of SQL Server.`;
  return textError(40515, message, line);
}

function refuseMethod(parser: Parser, variable: string): void {
  if (parser.is('.')) throw unsupportedFeature(`method of ${variable}`, parser.token.line);
}

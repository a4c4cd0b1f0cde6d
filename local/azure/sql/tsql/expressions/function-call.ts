import type { Expression } from '../ast/expression.ts';
import type { Parser } from '../parser.ts';
import { unsupportedFeature, unsupportedOption } from '../syntax-error.ts';
import type { Token } from '../tokens/token.ts';
import { parseCase, parseIif } from './case.ts';
import { parseCast, parseConvert } from './cast.ts';
import { parseDatePart } from './date-part.ts';
import { parseWindow } from './window.ts';

/** Functions without parentheses. */
const bareFunctions: ReadonlySet<string> = new Set([
  'CURRENT_TIMESTAMP',
  'CURRENT_DATE',
  'CURRENT_USER',
  'SESSION_USER',
  'SYSTEM_USER',
  'USER',
]);

/** Functions whose name is a reserved word. */
const reservedFunctions: ReadonlySet<string> = new Set(['COALESCE', 'NULLIF', 'LEFT', 'RIGHT']);

/** Functions whose first argument names a part of a date. */
const datePartFunctions: ReadonlySet<string> = new Set([
  'DATEADD',
  'DATEDIFF',
  'DATEDIFF_BIG',
  'DATENAME',
  'DATEPART',
  'DATETRUNC',
  'DATE_BUCKET',
]);

/** Functions with a grammar of their own that the subset has not. */
const refusedFunctions: ReadonlySet<string> = new Set([
  'PARSE',
  'TRY_PARSE',
  'JSON_OBJECT',
  'JSON_ARRAY',
  'JSON_OBJECTAGG',
  'JSON_ARRAYAGG',
]);

/** Functions that a keyword begins; undefined for any other word. */
export function parseWordFunction(parser: Parser): Expression | undefined {
  const { position, token } = parser;
  if (parser.is('CASE')) return parseCase(parser);
  if (bareFunctions.has(token.word)) {
    parser.advance();
    return { kind: 'call', name: token.word, arguments: [], ...position };
  }
  if (parser.ahead(1).word !== '(') return undefined;
  if (reservedFunctions.has(token.word)) {
    parser.advance();
    return parseCall(parser, token);
  }
  if (parser.is('CONVERT', 'TRY_CONVERT')) return parseConvert(parser);
  if (parser.is('CAST', 'TRY_CAST')) return parseCast(parser);
  if (parser.is('IIF')) return parseIif(parser);
  if (refusedFunctions.has(token.word)) {
    throw unsupportedFeature(`function ${token.word}`, token.line);
  }
  return undefined;
}

/** From the opening parenthesis on; `name` has been read. */
export function parseCall(parser: Parser, name: Token): Expression {
  const upperName = name.value.toUpperCase();
  return parser.nest(() => {
    parser.expect('(');
    const call = { ...parseArguments(parser, upperName), name: upperName };
    parser.expect(')');
    const { line, start } = name;
    return { kind: 'call', ...call, ...parseCallClauses(parser), line, start };
  });
}

function parseArguments(parser: Parser, name: string) {
  if (parser.take('*')) return { arguments: '*' } as const;
  if (parser.is(')')) return { arguments: [] };
  const distinct = parser.take('DISTINCT');
  if (!distinct) parser.take('ALL');
  const argument = () => parser.grammar.expression(parser);
  const values = datePartFunctions.has(name)
    ? [parseDatePart(parser, name), ...(parser.take(',') ? parser.list(argument) : [])]
    : parser.list(argument);
  if (name === 'TRIM' && parser.is('FROM')) {
    throw unsupportedOption('TRIM ( characters FROM string )', parser.token.line);
  }
  return distinct ? { arguments: values, distinct } : { arguments: values };
}

function parseCallClauses(parser: Parser) {
  const withinGroup = parser.take('WITHIN', 'GROUP')
    ? parser.parenthesised(() => parseWindow(parser).orderBy)
    : undefined;
  if (parser.isSequence('IGNORE', 'NULLS') || parser.isSequence('RESPECT', 'NULLS')) {
    throw unsupportedOption(`${parser.token.word} NULLS`, parser.token.line);
  }
  if (!parser.take('OVER')) return withinGroup === undefined ? {} : { withinGroup };
  if (!parser.is('(')) throw unsupportedOption('OVER window_name', parser.token.line);
  const over = parser.parenthesised(() => parseWindow(parser));
  return withinGroup === undefined ? { over } : { withinGroup, over };
}

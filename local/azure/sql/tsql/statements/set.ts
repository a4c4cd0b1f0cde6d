import { foldBitwise, takeAssignmentOperator } from '../assignment-operator.ts';
import type { Expression } from '../ast/expression.ts';
import type { Statement } from '../ast/statement.ts';
import { parseObjectName } from '../object-name.ts';
import type { Parser } from '../parser.ts';
import { textError, unsupportedFeature, unsupportedOption } from '../syntax-error.ts';
import type { StatementBody } from './definitions.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Options that are ON or OFF. */
const switches = words(
  'NOCOUNT XACT_ABORT ANSI_NULLS ANSI_PADDING ANSI_WARNINGS ANSI_NULL_DFLT_ON ANSI_NULL_DFLT_OFF ANSI_DEFAULTS ARITHABORT ARITHIGNORE CONCAT_NULL_YIELDS_NULL QUOTED_IDENTIFIER NUMERIC_ROUNDABORT CURSOR_CLOSE_ON_COMMIT IMPLICIT_TRANSACTIONS FMTONLY NOEXEC PARSEONLY NO_BROWSETABLE FORCEPLAN',
);

/** Options with a value of their own. */
const settings = words(
  'TEXTSIZE DATEFIRST DATEFORMAT LANGUAGE LOCK_TIMEOUT DEADLOCK_PRIORITY ROWCOUNT',
);

/** Values under which results would be others than here: refused. */
const refusedValues: Readonly<Record<string, string>> = {
  ANSI_NULLS: 'OFF',
  ANSI_PADDING: 'OFF',
  ANSI_WARNINGS: 'OFF',
  CONCAT_NULL_YIELDS_NULL: 'OFF',
  NUMERIC_ROUNDABORT: 'ON',
  ARITHIGNORE: 'ON',
  FMTONLY: 'ON',
  NOEXEC: 'ON',
  PARSEONLY: 'ON',
  ANSI_DEFAULTS: 'OFF',
};

const isolationLevels = [
  'READ UNCOMMITTED',
  'READ COMMITTED',
  'REPEATABLE READ',
  'SNAPSHOT',
  'SERIALIZABLE',
] as const;

/** SET of a variable or of options of the session. */
export function parseSet(parser: Parser): StatementBody {
  parser.expect('SET');
  const { token } = parser;
  if (token.kind === 'variable') return parseSetVariable(parser);
  if (parser.take('TRANSACTION')) return parseIsolationLevel(parser);
  if (parser.take('IDENTITY_INSERT')) {
    const table = parseObjectName(parser);
    return {
      kind: 'setOption',
      option: 'IDENTITY_INSERT',
      value: parser.oneOf('ON', 'OFF'),
      table,
    };
  }
  if (settings.has(token.word)) return parseSetting(parser);
  if (!switches.has(token.word)) throw refuseOption(parser);
  return parseSwitches(parser);
}

function parseSetVariable(parser: Parser): StatementBody {
  const { position } = parser;
  const variable = parser.variable();
  if (parser.is('.')) throw unsupportedFeature(`method of ${variable}`, parser.token.line);
  const sign = takeAssignmentOperator(parser);
  if (parser.is('CURSOR')) throw unsupportedFeature('type cursor', parser.token.line);
  const target: Expression = { kind: 'variable', name: variable, ...position };
  return {
    kind: 'setVariable',
    variable,
    ...foldBitwise(sign, target, parser.grammar.expression(parser)),
  };
}

function parseIsolationLevel(parser: Parser): StatementBody {
  parser.expect('ISOLATION', 'LEVEL');
  for (const level of isolationLevels) {
    if (!parser.take(...level.split(' '))) continue;
    return { kind: 'setOption', option: 'TRANSACTION ISOLATION LEVEL', value: level };
  }
  throw parser.unexpected();
}

/** `SET A, B ON`: several become a block. */
function parseSwitches(parser: Parser): StatementBody {
  const { position } = parser;
  const options = parser.list(() => {
    if (!switches.has(parser.token.word)) throw refuseOption(parser);
    return parser.advance().word;
  });
  const value = parser.oneOf('ON', 'OFF');
  const { end } = parser.previous;
  const statements = options.map((option): Statement => {
    if (refusedValues[option] === value) {
      throw unsupportedOption(`SET ${option} ${value}`, position.line);
    }
    return { kind: 'setOption', option, value, ...position, end };
  });
  const [only] = statements;
  return statements.length === 1 && only !== undefined ? only : { kind: 'block', statements };
}

function parseSetting(parser: Parser): StatementBody {
  const { token } = parser;
  const option = parser.advance().word;
  const sign = parser.take('-') ? '-' : '';
  if (!['number', 'word', 'quoted', 'string'].includes(parser.token.kind)) {
    if (parser.token.kind !== 'variable') throw parser.unexpected();
    throw unsupportedOption(`SET ${option} @variable`, token.line);
  }
  const value = `${sign}${parser.advance().value.toUpperCase()}`;
  // SQL Server: TEXTSIZE and the like take what they are given; a limit on rows would change every statement.
  if (option === 'ROWCOUNT' && value !== '0') throw unsupportedOption('SET ROWCOUNT', token.line);
  return { kind: 'setOption', option, value };
}

const refusedOptions = words(
  'STATISTICS SHOWPLAN_ALL SHOWPLAN_TEXT SHOWPLAN_XML CONTEXT_INFO OFFSETS QUERY_GOVERNOR_COST_LIMIT REMOTE_PROC_TRANSACTIONS FIPS_FLAGGER RESULT_SET_CACHING',
);

function refuseOption(parser: Parser) {
  const { token } = parser;
  if (refusedOptions.has(token.word)) return unsupportedOption(`SET ${token.word}`, token.line);
  if (!parser.isIdentifier()) return parser.unexpected();
  // [sys.messages 195]
  return textError(195, `'${token.value}' is not a recognized SET option.`, token.line);
}

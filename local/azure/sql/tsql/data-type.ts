import type { SqlType } from '../../tds/sql-type.ts';
import type { Parser } from './parser.ts';
import { textError, unsupportedFeature } from './syntax-error.ts';

const plainTypes: ReadonlyMap<string, SqlType> = new Map<string, SqlType>([
  ...(
    [
      'bit',
      'tinyint',
      'smallint',
      'int',
      'bigint',
      'real',
      'money',
      'smallmoney',
      'date',
      'smalldatetime',
      'datetime',
      'uniqueidentifier',
    ] as const
  ).map((name): [string, SqlType] => [name, { name }]),
  ['integer', { name: 'int' }],
  ['sysname', { name: 'nvarchar', length: 128 }],
]);

const lengthTypes = {
  char: 'char',
  character: 'char',
  varchar: 'varchar',
  nchar: 'nchar',
  nvarchar: 'nvarchar',
  binary: 'binary',
  varbinary: 'varbinary',
} as const;

const refusedTypes: ReadonlySet<string> = new Set(
  'xml geography geometry hierarchyid sql_variant text ntext image rowversion timestamp cursor table json vector'.split(
    ' ',
  ),
);

/** The type of a column, parameter or variable: a length left out is 1. */
export function parseDataType(parser: Parser): SqlType {
  return parseType(parser, 1);
}

/** The type of CAST and CONVERT: a length left out is 30. */
export function parseCastType(parser: Parser): SqlType {
  return parseType(parser, 30);
}

function parseType(parser: Parser, defaultLength: number): SqlType {
  const { token } = parser;
  const name = parseTypeName(parser);
  if (refusedTypes.has(name)) throw unsupportedFeature(`type ${name}`, token.line);
  const plain = plainTypes.get(name);
  if (plain !== undefined) return plain;
  if (Object.hasOwn(lengthTypes, name)) {
    return parseLength(parser, lengthTypes[name as keyof typeof lengthTypes], defaultLength);
  }
  switch (name) {
    case 'decimal':
    case 'numeric':
    case 'dec':
      return parseDecimal(parser);
    case 'float':
      return parseFloatType(parser);
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return { name, scale: parseScale(parser) };
    default:
      throw textError(
        2715,
        `Column, parameter, or variable #1: Cannot find data type ${name}.`,
        token.line,
      );
  }
}

/** One lower-case name; `national character varying` and the like become the short one. */
function parseTypeName(parser: Parser): string {
  if (parser.take('DOUBLE', 'PRECISION')) return 'float';
  const national = parser.take('NATIONAL');
  if (parser.is('CURSOR', 'TABLE')) return parser.advance().word.toLowerCase();
  const written = parser.identifier();
  if (parser.is('.')) {
    parser.advance();
    const name = parser.identifier();
    // User-defined types: CREATE TYPE is refused, so there are none.
    return written.toLowerCase() === 'sys' ? name.toLowerCase() : `${written}.${name}`;
  }
  const name = written.toLowerCase();
  const isCharacter = ['char', 'character'].includes(name);
  const varying = (isCharacter || name === 'binary') && parser.take('VARYING');
  if (!national && !varying) return name;
  if (!isCharacter) return `${national ? 'national ' : ''}${varying ? 'var' : ''}${name}`;
  return `${national ? 'n' : ''}${varying ? 'var' : ''}char`;
}

function parseLength(
  parser: Parser,
  name: (typeof lengthTypes)[keyof typeof lengthTypes],
  defaultLength: number,
): SqlType {
  if (!parser.is('(')) return { name, length: defaultLength };
  const { token } = parser;
  const longest = name.startsWith('n') ? 4000 : 8000;
  const length = parser.parenthesised(() =>
    name.includes('var') && parser.take('MAX') ? 'max' : parseInteger(parser),
  );
  if (length === 0) {
    const message = `Line ${token.line}: Length or precision specification 0 is invalid.`;
    throw textError(1001, message, token.line);
  }
  if (length !== 'max' && length > longest) {
    const message = `The size (${length}) given to the type '${name}' exceeds the maximum allowed for any data type (${longest}).`;
    throw textError(131, message, token.line);
  }
  return { name, length };
}

function parseDecimal(parser: Parser): SqlType {
  if (!parser.is('(')) return { name: 'decimal', precision: 18, scale: 0 };
  const { line } = parser.token;
  const [precision, scale = 0] = parser.parenthesised(() => {
    const first = parseInteger(parser);
    return parser.take(',') ? [first, parseInteger(parser)] : [first];
  }) as [number, number?];
  if (precision < 1) {
    const message = `Line ${line}: Length or precision specification ${precision} is invalid.`;
    throw textError(1001, message, line);
  }
  if (precision > 38) {
    const message = `Column or parameter #1: Specified column precision ${precision} is greater than the maximum precision of 38.`;
    throw textError(2750, message, line);
  }
  if (scale > precision) {
    throw textError(192, 'The scale must be less than or equal to the precision.', line);
  }
  return { name: 'decimal', precision, scale };
}

/** `float(24)` and less is real [float and real (Transact-SQL)]. */
function parseFloatType(parser: Parser): SqlType {
  if (!parser.is('(')) return { name: 'float' };
  const { line } = parser.token;
  const bits = parser.parenthesised(() => parseInteger(parser));
  if (bits < 1 || bits > 53) {
    const message = `Line ${line}: Length or precision specification ${bits} is invalid.`;
    throw textError(1001, message, line);
  }
  return { name: bits <= 24 ? 'real' : 'float' };
}

function parseScale(parser: Parser): number {
  if (!parser.is('(')) return 7;
  const { line } = parser.token;
  const scale = parser.parenthesised(() => parseInteger(parser));
  if (scale > 7) throw textError(1002, `Line ${line}: Specified scale ${scale} is invalid.`, line);
  return scale;
}

function parseInteger(parser: Parser): number {
  const { token } = parser;
  if (token.kind !== 'number' || !/^\d{1,9}$/.test(token.value)) throw parser.unexpected();
  parser.advance();
  return Number(token.value);
}

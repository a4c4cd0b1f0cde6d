import { SqlError } from '../../../tds/sql-error.ts';
import type { SqlType } from '../../../tds/sql-type.ts';
import { isText, kindOf, lengthOf, mostCharacters } from '../../values/type-rules.ts';
import { byteLength } from '../../values/type-size.ts';
import { castTo } from '../cast.ts';
import { textSql } from '../literals.ts';
import type { Typed } from '../typed.ts';
import { anyNullable, type BuiltIn, bigint, call, fixed, int, nvarchar } from './built-in.ts';

/** Text stays of its kind; what is none becomes varchar. */
export function asText(value: Typed): Typed {
  if (value.isUntyped) return castTo(value, { name: 'varchar', length: 1 });
  return isText(value.type) ? value : castTo(value, { name: 'varchar', length: 8_000 });
}

function varying(type: SqlType, length: number | 'max'): SqlType {
  const name = type.name.startsWith('n') ? 'nvarchar' : 'varchar';
  return {
    name,
    length: length === 'max' ? 'max' : Math.max(1, Math.min(length, mostCharacters(type))),
  };
}

const collated = ({ collation }: Typed) => (collation ? { collation } : {});

/** A text made of one text, as long as that at most. */
function reshaped(sqlName: string, extra: readonly SqlType[] = [], optional = 0): BuiltIn {
  return {
    arguments: [1 + extra.length - optional, 1 + extra.length],
    compile: ([first, ...rest]) => {
      const text = asText(first as Typed);
      const others = rest.map((value, index) => castTo(value, extra[index] as SqlType));
      return {
        sql: call(sqlName, [text, ...others]),
        type: varying(text.type, lengthOf(text.type)),
        nullable: anyNullable([text, ...others]),
        ...collated(text),
      };
    },
  };
}

/** A text that may become longer. */
function grown(sqlName: string, extra: readonly SqlType[]): BuiltIn {
  return {
    arguments: [1 + extra.length, 1 + extra.length],
    compile: ([first, ...rest]) => {
      const text = asText(first as Typed);
      const others = rest.map((value, index) => castTo(value, extra[index] as SqlType));
      const length = lengthOf(text.type) === 'max' ? 'max' : mostCharacters(text.type);
      const type = varying(text.type, length);
      const sql = call(sqlName, [text, ...others]);
      return {
        sql: length === 'max' ? sql : `substr(${sql}, 1, ${length})`,
        type,
        nullable: true,
        ...collated(text),
      };
    },
  };
}

function joined(sqlName: string, least: number): BuiltIn {
  return {
    arguments: [least, Number.POSITIVE_INFINITY],
    compile: (values) => {
      const texts = values.map(asText);
      const isMax = texts.some(({ type }) => lengthOf(type) === 'max');
      const isNational = texts.some(({ type }) => type.name.startsWith('n'));
      const most = isNational ? 4_000 : 8_000;
      const sum = texts.reduce((total, { type }) => total + Number(lengthOf(type)), 0);
      const type: SqlType = {
        name: isNational ? 'nvarchar' : 'varchar',
        length: isMax ? 'max' : Math.min(most, Math.max(1, sum)),
      };
      return { sql: call(sqlName, texts), type, nullable: false };
    },
  };
}

const length: BuiltIn = {
  arguments: [1, 1],
  compile: ([value]) => {
    const text = asText(value as Typed);
    return {
      sql: call('f_len', [text]),
      type: lengthOf(text.type) === 'max' ? bigint : int,
      nullable: text.nullable,
    };
  },
};

const dataLength: BuiltIn = {
  arguments: [1, 1],
  compile: ([first]) => {
    const value = first as Typed;
    const { type, sql, nullable } = value;
    const result = { type: lengthOf(type) === 'max' ? bigint : int, nullable };
    if (kindOf(type) === 'binary') return { ...result, sql: `length(${sql})` };
    if (isText(type))
      return {
        ...result,
        sql: type.name.startsWith('n') ? `f_units(${sql}) * 2` : `f_units(${sql})`,
      };
    return { ...result, sql: `CASE WHEN ${sql} IS NULL THEN NULL ELSE ${byteLength(type)} END` };
  },
};

const substring: BuiltIn = {
  arguments: [3, 3],
  compile: ([first, start, count]) => {
    const value = first as Typed;
    const isBinary = kindOf(value.type) === 'binary';
    const text = isBinary ? value : asText(value);
    const others = [start, count].map((each) => castTo(each as Typed, int));
    const type = isBinary ? value.type : varying(text.type, lengthOf(text.type));
    return {
      sql: call('f_substring', [text, ...others]),
      type,
      nullable: anyNullable([text, ...others]),
      ...collated(text),
    };
  },
};

function position(sqlName: string): BuiltIn {
  return {
    arguments: [2, 3],
    compile: ([first, second, start]) => {
      const [sought, text] = [asText(first as Typed), asText(second as Typed)];
      const from = start ? [castTo(start, int)] : [];
      const isExact = (sought.collation ?? text.collation)?.key === 't_trim' ? 1 : 0;
      const args = [sought, text, ...from].map(({ sql }) => sql).join(', ');
      return {
        sql: `${sqlName}(${isExact}, ${args})`,
        type: lengthOf(text.type) === 'max' ? bigint : int,
        nullable: anyNullable([sought, text]),
      };
    },
  };
}

const replace: BuiltIn = {
  arguments: [3, 3],
  compile: (values) => {
    const texts = values.map(asText);
    const [text] = texts as [Typed];
    const isNational = texts.some(({ type }) => type.name.startsWith('n'));
    const isMax = texts.some(({ type }) => lengthOf(type) === 'max');
    const isExact = texts.some(({ collation }) => collation?.key === 't_trim') ? 1 : 0;
    return {
      sql: `f_replace(${isExact}, ${texts.map(({ sql }) => sql).join(', ')})`,
      type: {
        name: isNational ? 'nvarchar' : 'varchar',
        length: isMax ? 'max' : isNational ? 4_000 : 8_000,
      },
      nullable: anyNullable(texts),
      ...collated(text),
    };
  },
};

const hashBytes: BuiltIn = {
  arguments: [2, 2],
  compile: ([algorithm, value]) => {
    const name = typeof algorithm?.literal === 'string' ? algorithm.literal.toUpperCase() : '';
    if (!['SHA2_256', 'SHA2_512', 'SHA1', 'SHA', 'MD5'].includes(name)) {
      throw new SqlError(
        40514,
        "'HASHBYTES with this algorithm' is not supported by this local stand-in for Azure SQL; docs/sql-subset.md lists what is.",
      );
    }
    const input = value as Typed;
    const isWide = input.type.name.startsWith('n') ? 1 : 0;
    return {
      sql: `f_hashbytes(${textSql(name)}, ${input.sql}, ${isWide})`,
      type: { name: 'varbinary', length: 8_000 },
      nullable: true,
    };
  },
};

export const stringFunctions: Readonly<Record<string, BuiltIn>> = {
  LEN: length,
  DATALENGTH: dataLength,
  SUBSTRING: substring,
  CHARINDEX: position('f_charindex'),
  PATINDEX: position('f_patindex'),
  REPLACE: replace,
  UPPER: reshaped('f_upper'),
  LOWER: reshaped('f_lower'),
  TRIM: reshaped('f_trim'),
  LTRIM: reshaped('f_ltrim', [nvarchar(4_000)], 1),
  RTRIM: reshaped('f_rtrim', [nvarchar(4_000)], 1),
  REVERSE: reshaped('f_reverse'),
  LEFT: reshaped('f_left', [int]),
  RIGHT: reshaped('f_right', [int]),
  STUFF: grown('f_stuff', [int, int, nvarchar(4_000)]),
  REPLICATE: grown('f_replicate', [int]),
  CONCAT: joined('f_concat', 2),
  CONCAT_WS: joined('f_concat_ws', 3),
  TRANSLATE: grown('f_translate', [nvarchar(4_000), nvarchar(4_000)]),
  SPACE: fixed('f_space', [int], { name: 'varchar', length: 8_000 }, { nullable: true }),
  ASCII: fixed('f_ascii', [{ name: 'varchar', length: 8_000 }], int, { nullable: true }),
  UNICODE: fixed('f_unicode', [nvarchar(4_000)], int, { nullable: true }),
  CHAR: fixed('f_char', [int], { name: 'char', length: 1 }, { nullable: true }),
  NCHAR: fixed('f_nchar', [int], { name: 'nchar', length: 1 }, { nullable: true }),
  STR: fixed(
    'f_str',
    [{ name: 'float' }, int, int],
    { name: 'varchar', length: 8_000 },
    { optional: 2, nullable: true },
  ),
  QUOTENAME: fixed('f_quotename', [nvarchar(128), nvarchar(1)], nvarchar(258), {
    optional: 1,
    nullable: true,
  }),
  ISJSON: fixed('f_isjson', [nvarchar('max')], int),
  JSON_VALUE: fixed('f_json_value', [nvarchar('max'), nvarchar(4_000)], nvarchar(4_000), {
    nullable: true,
  }),
  HASHBYTES: hashBytes,
};

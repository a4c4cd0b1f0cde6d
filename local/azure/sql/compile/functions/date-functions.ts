import { SqlError } from '../../../tds/sql-error.ts';
import type { ScaledTimeType, SqlType } from '../../../tds/sql-type.ts';
import { nameOf } from '../../values/conversion-errors.ts';
import { isText, kindOf } from '../../values/type-rules.ts';
import { typeText } from '../../values/type-text.ts';
import { castTo } from '../cast.ts';
import { textSql } from '../literals.ts';
import type { Typed } from '../typed.ts';
import { anyNullable, type BuiltIn, bigint, fixed, int, nvarchar } from './built-in.ts';

const datetime: SqlType = { name: 'datetime' };
const datetime2 = (scale: number): SqlType => ({ name: 'datetime2', scale });

/** Text is a date of the type that such functions take it for. */
function asTime(value: Typed, textType: SqlType = datetime2(7)): Typed {
  if (value.isUntyped) return castTo(value, datetime);
  if (isText(value.type)) return castTo(value, textType);
  if (kindOf(value.type) === 'time') return value;
  return castTo(value, datetime);
}

/** One time for the whole statement: a parameter that the session fills in. */
function now(parameter: string, type: SqlType): BuiltIn {
  return {
    arguments: [0, 0],
    compile: (_values, { compilation }) => ({
      sql: compilation.parameter(parameter, type),
      type,
      nullable: false,
    }),
  };
}

const dateOnly: ReadonlySet<string> = new Set([
  'year',
  'quarter',
  'month',
  'dayofyear',
  'day',
  'week',
  'weekday',
  'iso_week',
]);

function requirePart(part: string, type: SqlType, functionName: string): void {
  const isWrong =
    type.name === 'date' ? !dateOnly.has(part) : type.name === 'time' && dateOnly.has(part);
  if (
    isWrong ||
    (part === 'tzoffset' && type.name !== 'datetimeoffset' && type.name !== 'datetime2')
  ) {
    throw new SqlError(
      9810,
      `The datepart ${part} is not supported by date function ${functionName.toLowerCase()} for data type ${nameOf(type)}.`,
    );
  }
}

const dateAdd: BuiltIn = {
  arguments: [3, 3],
  compile: ([count, date], { part = 'day', name }) => {
    const value = asTime(date as Typed, datetime);
    requirePart(part, value.type, name);
    const amount = castTo(count as Typed, bigint, { isExplicit: true });
    return {
      sql: `f_dateadd(${textSql(part)}, ${amount.sql}, ${value.sql}, ${textSql(typeText(value.type))})`,
      type: value.type,
      nullable: anyNullable([amount, value]),
    };
  },
};

function difference(result: SqlType): BuiltIn {
  return {
    arguments: [3, 3],
    compile: ([from, to], { part = 'day', name }) => {
      const [a, b] = [asTime(from as Typed), asTime(to as Typed)];
      for (const { type } of [a, b]) if (type.name === 'time') requirePart(part, type, name);
      return {
        sql: `f_datediff(${textSql(part)}, ${a.sql}, ${b.sql}, ${textSql(result.name)})`,
        type: result,
        nullable: anyNullable([a, b]),
      };
    },
  };
}

function partOf(sqlName: string, type: SqlType): BuiltIn {
  return {
    arguments: [2, 2],
    compile: ([date], { part = 'day', name }) => {
      const value = asTime(date as Typed);
      requirePart(part, value.type, name);
      return { sql: `${sqlName}(${textSql(part)}, ${value.sql})`, type, nullable: value.nullable };
    },
  };
}

function onePart(part: string): BuiltIn {
  return {
    arguments: [1, 1],
    compile: ([date], { name }) => {
      const value = asTime(date as Typed);
      requirePart(part, value.type, name);
      return {
        sql: `f_datepart(${textSql(part)}, ${value.sql})`,
        type: int,
        nullable: value.nullable,
      };
    },
  };
}

const truncate: BuiltIn = {
  arguments: [2, 2],
  compile: ([date], { part = 'day', name }) => {
    const value = asTime(date as Typed);
    requirePart(part, value.type, name);
    return {
      sql: `f_datetrunc(${textSql(part)}, ${value.sql}, ${textSql(typeText(value.type))})`,
      type: value.type,
      nullable: value.nullable,
    };
  },
};

/** The last argument is the scale of what comes back. */
function scaled(builtIn: BuiltIn, name: 'datetime2' | 'time'): BuiltIn {
  return {
    arguments: builtIn.arguments,
    compile: (values, site) => {
      const scale = values.at(-1)?.literal;
      if (typeof scale !== 'number' || scale < 0 || scale > 7) {
        throw new SqlError(
          1062,
          `Scale argument is not valid. Valid expressions for data type ${name} scale argument are integer constants and integer constant expressions.`,
        );
      }
      return castTo(builtIn.compile(values, site), { name, scale });
    },
  };
}

/** SWITCHOFFSET, TODATETIMEOFFSET: text `+01:00` or minutes. */
function zoned(sqlName: string): BuiltIn {
  return {
    arguments: [2, 2],
    compile: ([date, zone]) => {
      const source = asTime(date as Typed);
      const scale = 'scale' in source.type ? (source.type as ScaledTimeType).scale : 7;
      const type: SqlType = { name: 'datetimeoffset', scale };
      const value =
        sqlName === 'f_switchoffset' ? castTo(source, type) : castTo(source, datetime2(scale));
      return {
        sql: `${sqlName}(${value.sql}, ${castTo(zone as Typed, nvarchar(10)).sql})`,
        type,
        nullable: true,
      };
    },
  };
}

export const dateFunctions: Readonly<Record<string, BuiltIn>> = {
  GETDATE: now('#datetime', datetime),
  GETUTCDATE: now('#datetime', datetime),
  CURRENT_TIMESTAMP: now('#datetime', datetime),
  SYSDATETIME: now('#datetime2', datetime2(7)),
  SYSUTCDATETIME: now('#datetime2', datetime2(7)),
  SYSDATETIMEOFFSET: now('#datetimeoffset', { name: 'datetimeoffset', scale: 7 }),
  CURRENT_DATE: now('#date', { name: 'date' }),
  DATEADD: dateAdd,
  DATEDIFF: difference(int),
  DATEDIFF_BIG: difference(bigint),
  DATEPART: partOf('f_datepart', int),
  DATENAME: partOf('f_datename', nvarchar(30)),
  DATETRUNC: truncate,
  YEAR: onePart('year'),
  MONTH: onePart('month'),
  DAY: onePart('day'),
  EOMONTH: fixed(
    'f_eomonth',
    [{ name: 'date' }, int],
    { name: 'date' },
    { optional: 1, nullable: true },
  ),
  DATEFROMPARTS: fixed('f_datefromparts', [int, int, int], { name: 'date' }),
  DATETIME2FROMPARTS: scaled(
    fixed('f_datetime2fromparts', [int, int, int, int, int, int, int, int], datetime2(7)),
    'datetime2',
  ),
  TIMEFROMPARTS: scaled(
    fixed('f_timefromparts', [int, int, int, int, int], { name: 'time', scale: 7 }),
    'time',
  ),
  SWITCHOFFSET: zoned('f_switchoffset'),
  TODATETIMEOFFSET: zoned('f_todatetimeoffset'),
};

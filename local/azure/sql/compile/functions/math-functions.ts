import type { SqlType } from '../../../tds/sql-type.ts';
import { digitsOf, kindOf } from '../../values/type-rules.ts';
import { typeText } from '../../values/type-text.ts';
import { castTo } from '../cast.ts';
import { textSql } from '../literals.ts';
import type { Typed } from '../typed.ts';
import { type BuiltIn, fixed, float, int } from './built-in.ts';

/** Type of ABS, CEILING and the like: small integers become int, text float. */
function numericType(type: SqlType): SqlType {
  switch (kindOf(type)) {
    case 'integer':
      return type.name === 'bigint' ? type : int;
    case 'decimal':
      return type.name === 'smallmoney' ? { name: 'money' } : type;
    default:
      return float;
  }
}

/** Keeps the type of its argument, or that with no digits behind the point. */
function keeping(sqlName: string, isWhole = false): BuiltIn {
  return {
    arguments: [1, 1],
    compile: ([first]) => {
      const value = first as Typed;
      const type = numericType(value.type);
      const { sql, nullable } = castTo(value, type);
      const result: SqlType = isWhole && type.name === 'decimal' ? { ...type, scale: 0 } : type;
      const args = `${sql}, ${textSql(typeText(type))}, ${digitsOf(result).scale}`;
      return { sql: `${sqlName}(${args})`, type: result, nullable };
    },
  };
}

const round: BuiltIn = {
  arguments: [2, 3],
  compile: ([first, digits, mode]) => {
    const value = first as Typed;
    const type = numericType(value.type);
    const { sql } = castTo(value, type);
    const [places, cut] = [digits as Typed, mode].map((each) =>
      each ? castTo(each, int).sql : '0',
    );
    return {
      sql: `f_round(${sql}, ${places}, ${cut}, ${textSql(typeText(type))})`,
      type,
      nullable: true,
    };
  },
};

const power: BuiltIn = {
  arguments: [2, 2],
  compile: ([first, exponent]) => {
    const value = first as Typed;
    const type = numericType(value.type);
    const args = `${castTo(value, float).sql}, ${castTo(exponent as Typed, float).sql}`;
    const result: Typed = { sql: `f_power(${args})`, type: float, nullable: true };
    return castTo(result, type);
  },
};

const unary = (sqlName: string) => fixed(sqlName, [float], float, { nullable: true });

export const mathFunctions: Readonly<Record<string, BuiltIn>> = {
  ABS: keeping('f_abs'),
  SIGN: keeping('f_sign'),
  CEILING: keeping('f_ceiling', true),
  FLOOR: keeping('f_floor', true),
  ROUND: round,
  POWER: power,
  SQRT: unary('f_sqrt'),
  SQUARE: unary('f_square'),
  EXP: unary('f_exp'),
  LOG: fixed('f_log', [float, float], float, { optional: 1, nullable: true }),
  LOG10: unary('f_log10'),
  SIN: unary('f_sin'),
  COS: unary('f_cos'),
  TAN: unary('f_tan'),
  ASIN: unary('f_asin'),
  ACOS: unary('f_acos'),
  ATAN: unary('f_atan'),
  ATN2: fixed('f_atn2', [float, float], float, { nullable: true }),
  DEGREES: unary('f_degrees'),
  RADIANS: unary('f_radians'),
  PI: fixed('f_pi', [], float, { nullable: false }),
  RAND: fixed('t_rand', [int], float, { optional: 1, nullable: false }),
};

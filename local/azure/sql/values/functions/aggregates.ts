import type { DatabaseSync } from 'node:sqlite';
import type { SqlType } from '../../../tds/sql-type.ts';
import { fromUnits } from '../../../tds/types/decimal.ts';
import { overflow } from '../conversion-errors.ts';
import { rescale, unitsOf } from '../exact-number.ts';
import type { SqliteValue } from './sqlite-function.ts';

interface Total {
  readonly units: bigint;
  readonly count: bigint;
  readonly spec: string;
}

const none: Total = { units: 0n, count: 0n, spec: '' };

/** `spec`: scale of the values, scale and type of the result; without it, it stands before the value. */
function add(sign: 1n | -1n) {
  return (total: Total, given: SqliteValue, givenSpec?: SqliteValue): Total => {
    if (given === null) return total;
    const [, spec, value] =
      givenSpec === undefined ? (/^(.*) (\S+)$/.exec(String(given)) ?? []) : ['', givenSpec, given];
    const scale = Number(String(spec).split(' ')[0]);
    return {
      units: total.units + sign * unitsOf(String(value), scale),
      count: total.count + sign,
      spec: String(spec),
    };
  };
}

function sum({ units, count, spec }: Total): SqliteValue {
  return count === 0n ? null : shown(units, spec, false);
}

function average({ units, count, spec }: Total): SqliteValue {
  if (count === 0n) return null;
  const [scale, resultScale, type = ''] = spec.split(' ');
  const finer = rescale(units, Number(scale), Number(resultScale)) / count;
  return shown(finer, `${resultScale} ${resultScale} ${type}`, true);
}

function shown(units: bigint, spec: string, isRescaled: boolean): SqliteValue {
  const [scale, resultScale, type = ''] = spec.split(' ');
  const result = isRescaled ? units : rescale(units, Number(scale), Number(resultScale));
  const magnitude = result < 0n ? -result : result;
  const limit = { int: 2n ** 31n, bigint: 2n ** 63n, money: 2n ** 63n }[type] ?? 10n ** 38n;
  if (magnitude >= limit)
    throw overflow({ name: type, precision: 38, scale: Number(resultScale) } as SqlType);
  return type === 'int' || type === 'bigint' ? result : fromUnits(result, Number(resultScale));
}

interface Extreme {
  readonly value: SqliteValue;
  readonly key: SqliteValue;
}

const nothing: Extreme = { value: null, key: null };

function extreme(isBetter: (key: string, than: string) => boolean) {
  return (best: Extreme, value: SqliteValue, key: SqliteValue): Extreme => {
    if (value === null) return best;
    return best.value === null || isBetter(String(key), String(best.key)) ? { value, key } : best;
  };
}

/** Sums and averages of exact numbers; MIN and MAX by a comparison key. */
export function registerAggregates(database: DatabaseSync): void {
  for (const [name, result] of [
    ['t_sum', sum],
    ['t_avg', average],
  ] as const) {
    database.aggregate(name, {
      start: none as never,
      step: add(1n) as never,
      inverse: add(-1n) as never,
      result: result as never,
      useBigIntArguments: true,
      varargs: true,
    });
  }
  for (const [name, isBetter] of [
    ['t_min', (key: string, than: string) => key < than],
    ['t_max', (key: string, than: string) => key > than],
  ] as const) {
    database.aggregate(name, {
      start: nothing as never,
      step: extreme(isBetter) as never,
      // The types of node:sqlite know only what SQLite itself can hold as what an aggregate carries along.
      result: (({ value }: Extreme) => value) as never,
    });
  }
}

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-date
import { stringArgument, typeName, wrongType } from './arguments.ts';
import { formatDateTime } from './format-date-time.ts';
import { parseInt64 } from './integers.ts';
import { parseDateTime, TICKS_PER_SECOND } from './parse-date-time.ts';
import { parseDuration } from './parse-duration.ts';
import { refuse } from './refusal.ts';
import { type CallSite, eager, type FunctionTable } from './template-function.ts';

export const dateFunctions: FunctionTable = {
  dateTimeAdd: eager([2, 3], dateTimeAdd),
  dateTimeFromEpoch: eager(1, dateTimeFromEpoch),
  dateTimeToEpoch: eager(1, (args, site) => {
    const dateTime = parseDateTime(stringArgument(args, 0, site));
    if (dateTime === undefined) {
      throw refuse(
        `The template function '${site.name}' has an invalid parameter. The parameter is not a valid ISO8601 DateTime string. ${SEE_SYNTAX}`,
      );
    }
    return Number(floorDivide(dateTime.ticks - minutes(dateTime.offsetMinutes), TICKS_PER_SECOND));
  }),
};

const SEE_SYNTAX = 'Please see https://aka.ms/arm-syntax-functions .';
/** Of every result without a format of its own. */
const DATE_TIME_FORMAT = 'yyyy-MM-ddTHH:mm:ssZ';

/** 0001-01-01 to 9999-12-31, in ticks of the Unix epoch. */
const FIRST_TICK = -62_135_596_800n * TICKS_PER_SECOND;
const LAST_TICK = 253_402_300_800n * TICKS_PER_SECOND - 1n;

// Azure: the offset is dropped, not applied, in the default format: 14:53+02:00 gives 14:53Z (golden/engine.json).
function dateTimeAdd(args: readonly unknown[], site: CallSite): string {
  const base = stringArgument(args, 0, site);
  const duration = stringArgument(args, 1, site);
  const format = args.length > 2 ? stringArgument(args, 2, site) : DATE_TIME_FORMAT;
  const dateTime = parseDateTime(base);
  if (dateTime === undefined) {
    throw invalid(
      `The first parameter '${base}' is not a valid ISO8601 DateTime string. ${SEE_SYNTAX}`,
    );
  }
  const added = parseDuration(duration);
  if (added === undefined) {
    throw invalid(
      `The second parameter '${duration}' is not a valid ISO8601 Duration string. ${SEE_SYNTAX}`,
    );
  }
  const ticks = dateTime.ticks + added;
  if (ticks < FIRST_TICK || ticks > LAST_TICK) {
    throw invalid(
      `The second parameter '${duration}' leads out of the years 1 to 9999. ${SEE_SYNTAX}`,
    );
  }
  const text = formatDateTime({ ...dateTime, ticks }, format);
  if (text !== undefined) return text;
  throw invalid(
    `The third parameter '${format}' is not a valid DateTime format string. Please see https://aka.ms/arn-template#functions .`,
  );
}

function invalid(reason: string): Error {
  return refuse(`The template function 'dateTimeAdd' has an invalid parameter. ${reason}`);
}

function dateTimeFromEpoch(args: readonly unknown[], site: CallSite): string {
  const [value] = args;
  const type = typeName(value);
  if (type !== 'Integer' && type !== 'String') throw wrongType(value, 0, 'Integer', site);
  const seconds = parseInt64(String(value));
  const ticks = BigInt(seconds ?? 0) * TICKS_PER_SECOND;
  if (seconds !== undefined && ticks >= FIRST_TICK && ticks <= LAST_TICK) {
    return formatDateTime({ ticks, offsetMinutes: 0 }, DATE_TIME_FORMAT) ?? '';
  }
  throw refuse(
    `The template function '${site.name}' has an invalid parameter. The parameter is not a valid epoch time integer. ${SEE_SYNTAX}`,
  );
}

function minutes(count: number): bigint {
  return BigInt(count) * 60n * TICKS_PER_SECOND;
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}

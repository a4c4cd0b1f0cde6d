// ASP.NET Core's inline route constraints.
// https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints

/** Whether a value fits; only asked for a value that is there. */
export type Constraint = (value: string) => boolean;

const INT = { min: -(2n ** 31n), max: 2n ** 31n - 1n };
const LONG = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** The .NET parsers allow surrounding blanks and a sign: `+7` is an int. */
function parseInteger(
  value: string,
  { min, max }: { min: bigint; max: bigint },
): bigint | undefined {
  if (!/^\s*[+-]?\d+\s*$/.test(value)) return undefined;
  const number = BigInt(value.trim().replace(/^\+/, ''));
  return number >= min && number <= max ? number : undefined;
}

const DECIMAL = /^\s*[+-]?(\d[\d,]*(\.\d*)?|\.\d+)\s*$/;
const FLOAT = /^\s*([+-]?(\d[\d,]*(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?(infinity|∞)|[+-]?nan)\s*$/i;
const GUIDS = [
  /^[0-9a-f]{32}$/i,
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i,
  /^\([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\)$/i,
];

const PLAIN: Readonly<Record<string, Constraint>> = {
  int: (value) => parseInteger(value, INT) !== undefined,
  long: (value) => parseInteger(value, LONG) !== undefined,
  bool: (value) => /^\s*(true|false)\s*$/i.test(value),
  // Pretend: what JavaScript's Date reads, where .NET knows more spellings of a date.
  datetime: (value) => /\d/.test(value) && !Number.isNaN(Date.parse(value)),
  decimal: (value) => DECIMAL.test(value),
  double: (value) => FLOAT.test(value),
  float: (value) => FLOAT.test(value),
  guid: (value) => GUIDS.some((form) => form.test(value.trim())),
  alpha: (value) => /^[a-z]*$/i.test(value),
  required: (value) => value !== '',
};

const WITH_ARGUMENT: Readonly<Record<string, (argument: string) => Constraint>> = {
  length(argument) {
    const [first = '', second] = argument.split(',');
    const min = numberArgument(first);
    const max = second === undefined ? min : numberArgument(second);
    return (value) => value.length >= min && value.length <= max;
  },
  minlength: (argument) => {
    const min = numberArgument(argument);
    return (value) => value.length >= min;
  },
  maxlength: (argument) => {
    const max = numberArgument(argument);
    return (value) => value.length <= max;
  },
  min: (argument) => inRange(longArgument(argument), LONG.max),
  max: (argument) => inRange(LONG.min, longArgument(argument)),
  range(argument) {
    const [min = '', max = ''] = argument.split(',');
    return inRange(longArgument(min), longArgument(max));
  },
  regex(argument) {
    // Azure: RegexOptions.IgnoreCase, and the whole pattern as it is, unanchored
    // (dotnet/aspnetcore, RegexRouteConstraint.cs).
    const pattern = new RegExp(argument, 'i');
    return (value) => pattern.test(value);
  },
};

/** Reads `int`, `min(18)` or `regex(^a$)`. Throws for a name that ASP.NET doesn't know, or a bad argument. */
export function parseConstraint(text: string): Constraint {
  const open = text.indexOf('(');
  const plain = PLAIN[text.toLowerCase()];
  if (open < 0 && plain) return plain;
  const create = WITH_ARGUMENT[text.slice(0, open).toLowerCase()];
  if (open > 0 && text.endsWith(')') && create) return create(text.slice(open + 1, -1));
  throw new Error(
    `The constraint reference '${text}' could not be resolved to a type. Register the constraint type with 'Microsoft.AspNetCore.Routing.RouteOptions.ConstraintMap'.`,
  );
}

function inRange(min: bigint, max: bigint): Constraint {
  return (value) => {
    const number = parseInteger(value, LONG);
    return number !== undefined && number >= min && number <= max;
  };
}

function numberArgument(text: string): number {
  const number = parseInteger(text, INT);
  if (number === undefined) throw new Error(`'${text}' is no length of a route constraint.`);
  return Number(number);
}

function longArgument(text: string): bigint {
  const number = parseInteger(text, LONG);
  if (number === undefined) throw new Error(`'${text}' is no bound of a route constraint.`);
  return number;
}

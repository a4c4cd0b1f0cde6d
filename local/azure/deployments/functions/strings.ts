// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string
// Functions that take strings and arrays alike (first, take, length …) are in collections.ts.
import { arrayOf, integerArgument, stringArgument, typeName, wrongTypeAmong } from './arguments.ts';
import { toLowerInvariant, toUpperInvariant } from './compare.ts';
import { formatComposite } from './format-composite.ts';
import { refuse, SEE_FUNCTIONS } from './refusal.ts';
import { serializeJson } from './serialize-json.ts';
import { type CallSite, eager, type FunctionTable } from './template-function.ts';
import { toText } from './to-text.ts';

export const stringFunctions: FunctionTable = {
  endsWith: eager(2, (args, site) => {
    const [text, end] = upperPair(args, site);
    return text.endsWith(end);
  }),
  startsWith: eager(2, (args, site) => {
    const [text, start] = upperPair(args, site);
    return text.startsWith(start);
  }),
  format: eager({ atLeast: 1 }, (args, site) =>
    formatComposite(stringArgument(args, 0, site), args.slice(1)),
  ),
  join: eager(2, (args, site) => {
    const parts = arrayOf(args, 0, ['String', 'Integer', 'Boolean'], site);
    return parts.map(toText).join(stringArgument(args, 1, site));
  }),
  padLeft: eager([2, 3], padLeft),
  replace: eager(3, replace),
  split: eager(2, split),
  string: eager(1, ([value], site) => {
    const type = typeName(value);
    if (type === 'Null' || type === 'Float') {
      throw wrongTypeAmong(value, 0, ['Integer', 'String', 'Boolean', 'Object', 'Array'], site);
    }
    return typeof value === 'object' ? serializeJson(value) : toText(value);
  }),
  substring: eager([2, 3], substring),
  toLower: eager(1, (args, site) => toLowerInvariant(stringArgument(args, 0, site))),
  toUpper: eager(1, (args, site) => toUpperInvariant(stringArgument(args, 0, site))),
  trim: eager(1, (args, site) => trim(stringArgument(args, 0, site))),
};

function upperPair(args: readonly unknown[], site: CallSite): [string, string] {
  const text = stringArgument(args, 0, site);
  return [toUpperInvariant(text), toUpperInvariant(stringArgument(args, 1, site))];
}

const MAXIMUM_PADDED_LENGTH = 16;

function padLeft(args: readonly unknown[], site: CallSite): string {
  const [value] = args;
  const type = typeName(value);
  if (type !== 'String' && type !== 'Integer') {
    throw wrongPadding(
      `the first parameter is invalid. The source string must be a String or integer type, while '${type}' was provided.`,
    );
  }
  const width = integerArgument(args, 1, site);
  if (width < 1 || width > MAXIMUM_PADDED_LENGTH) {
    throw wrongPadding(
      `the second parameter is invalid. Total width must be a positive integer value and not greater than '${MAXIMUM_PADDED_LENGTH}', while '${width}' was provided.`,
    );
  }
  const padding = args.length > 2 ? stringArgument(args, 2, site) : ' ';
  if (padding.length !== 1) {
    throw wrongPadding(
      `the third parameter is invalid. The padding character must be a single character, while '${padding}' was provided.`,
    );
  }
  return String(value).padStart(width, padding);
}

function wrongPadding(reason: string): Error {
  return refuse(
    `Unable to evaluate template language function 'padLeft': ${reason} The syntax is padLeft(string, totalWidth [, paddingChar]). Please see https://aka.ms/arm-function-padleft for usage details.`,
  );
}

function replace(args: readonly unknown[], site: CallSite): string {
  const text = stringArgument(args, 0, site);
  const old = stringArgument(args, 1, site);
  if (old === '') {
    throw refuse(
      `The template language function 'replace' expects its second parameter to not be null or empty. ${SEE_FUNCTIONS}`,
    );
  }
  return text.split(old).join(stringArgument(args, 2, site));
}

function split(args: readonly unknown[], site: CallSite): readonly string[] {
  const text = stringArgument(args, 0, site);
  const given: readonly unknown[] = Array.isArray(args[1]) ? args[1] : [args[1]];
  const separators = given.map((separator) => {
    const type = typeName(separator);
    if (typeof separator === 'string') return separator;
    throw refuse(
      `The template language function 'split' expects its second parameter to be of type 'String or Array of Strings'. The provided value is of type '${type}'. ${SEE_FUNCTIONS}`,
    );
  });
  return splitAt(text, separators.filter(Boolean));
}

/** At each place the first separator that fits wins, as in .NET. */
function splitAt(text: string, separators: readonly string[]): readonly string[] {
  const [only] = separators;
  if (only === undefined) return [text];
  if (separators.length === 1) return text.split(only);
  const parts: string[] = [];
  let start = 0;
  let position = 0;
  while (position < text.length) {
    const found = separators.find((separator) => text.startsWith(separator, position));
    if (found === undefined) {
      position += 1;
    } else {
      parts.push(text.slice(start, position));
      position += found.length;
      start = position;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function substring(args: readonly unknown[], site: CallSite): string {
  const text = stringArgument(args, 0, site);
  const start = integerArgument(args, 1, site);
  if (start < 0) {
    throw wrongSubstring(`The index parameter cannot be less than zero. The index: '${start}'.`);
  }
  if (start > text.length) {
    throw wrongSubstring(
      `The index parameter cannot be larger than the length of the string. The index parameter: '${start}', the length of the string parameter: '${text.length}'.`,
    );
  }
  if (args.length === 2) return text.slice(start);
  const length = integerArgument(args, 2, site);
  if (length < 0) {
    throw wrongSubstring(
      `The length parameter cannot be less than zero. The length parameter: '${length}'.`,
    );
  }
  if (start + length > text.length) {
    throw wrongSubstring(
      `The index and length parameters must refer to a location within the string. The index parameter: '${start}', the length parameter: '${length}', the length of the string parameter: '${text.length}'.`,
    );
  }
  return text.slice(start, start + length);
}

function wrongSubstring(reason: string): Error {
  return refuse(
    `Unable to evaluate the template language function 'substring'. ${reason} Please see https://aka.ms/arm-function-substring for usage details.`,
  );
}

/** .NET's white space: JavaScript's with U+0085 and without U+FEFF. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhiteSpace(text.charAt(start))) start += 1;
  while (end > start && isWhiteSpace(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isWhiteSpace(character: string): boolean {
  if (character === '\u0085') return true;
  return character !== '\ufeff' && character.trim() === '';
}

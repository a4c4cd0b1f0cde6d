import { assertKnown } from '../expression/deferred.ts';
import { formatNumber } from './format-number.ts';
import { refuse } from './refusal.ts';
import { serializeJson } from './serialize-json.ts';
import { toText } from './to-text.ts';

/** ARM's limit on what an expression may give. */
const MAXIMUM_LENGTH = 131_072;

/**
 * .NET's composite formatting: `{index[,alignment][:format]}`, `{{` and `}}` are braces.
 * Source: https://learn.microsoft.com/dotnet/standard/base-types/composite-formatting
 *
 * @throws ServiceError 400 `InvalidTemplate`
 */
export function formatComposite(format: string, args: readonly unknown[]): string {
  const parts: string[] = [];
  let position = 0;
  while (position < format.length) {
    const brace = nextBrace(format, position);
    parts.push(format.slice(position, brace));
    if (brace === format.length) break;
    if (format[brace + 1] === format[brace]) {
      parts.push(format.charAt(brace));
      position = brace + 2;
    } else if (format[brace] === '}') {
      throw malformed(brace + 1, endsPrematurely);
    } else {
      const item = readItem(format, brace + 1);
      parts.push(formatItem(item, args));
      position = item.end;
    }
  }
  const result = parts.join('');
  if (result.length <= MAXIMUM_LENGTH) return result;
  throw tooLong();
}

interface FormatItem {
  readonly index: number;
  /** Negative: to the left. */
  readonly alignment: number;
  readonly format: string;
  /** Behind the closing brace. */
  readonly end: number;
}

const endsPrematurely = 'Format item ends prematurely.';

function readItem(format: string, start: number): FormatItem {
  let position = start;
  if (position >= format.length) throw malformed(position, endsPrematurely);
  const index = readDigits();
  skipSpaces();
  let alignment = 0;
  if (format[position] === ',') {
    position += 1;
    skipSpaces();
    const isLeft = format[position] === '-';
    if (isLeft) position += 1;
    alignment = readDigits() * (isLeft ? -1 : 1);
    skipSpaces();
  }
  if (position >= format.length) throw malformed(position, endsPrematurely);
  let itemFormat = '';
  if (format[position] === ':') {
    const from = position + 1;
    position = nextBrace(format, from);
    itemFormat = format.slice(from, position);
  }
  if (format[position] !== '}') throw malformed(position, endsPrematurely);
  return { index, alignment, format: itemFormat, end: position + 1 };

  function readDigits(): number {
    const from = position;
    while (format.charAt(position) >= '0' && format.charAt(position) <= '9') position += 1;
    if (position === from) throw malformed(position, 'Expected an ASCII digit.');
    return Number(format.slice(from, position));
  }

  function skipSpaces(): void {
    while (format[position] === ' ') position += 1;
  }
}

function formatItem(item: FormatItem, args: readonly unknown[]): string {
  if (item.index >= args.length) {
    throw invalidFormat(
      'Index (zero based) must be greater than or equal to zero and less than the size of the argument list.',
    );
  }
  if (Math.abs(item.alignment) > MAXIMUM_LENGTH) throw tooLong();
  const text = formatArgument(args[item.index], item.format);
  const width = Math.abs(item.alignment);
  return item.alignment < 0 ? text.padEnd(width) : text.padStart(width);
}

function formatArgument(value: unknown, format: string): string {
  assertKnown(value);
  if (value === null || value === undefined) return '';
  // Azure: JSON with its double quotes turned into single ones, whatever stands in them (golden/engine.json).
  if (typeof value === 'object') return serializeJson(value).replaceAll('"', "'");
  if (typeof value !== 'number' || format === '') return toText(value);
  const text = formatNumber(value, format);
  if (text !== undefined) return text;
  throw invalidFormat('Format specifier was invalid.');
}

function nextBrace(format: string, start: number): number {
  let position = start;
  while (position < format.length && format[position] !== '{' && format[position] !== '}') {
    position += 1;
  }
  return position;
}

function malformed(offset: number, reason: string): Error {
  return invalidFormat(
    `Input string was not in a correct format. Failure to parse near offset ${offset}. ${reason}`,
  );
}

function invalidFormat(reason: string): Error {
  return refuse(
    `Unable to evaluate language function 'format': the format is invalid: '${reason}'. Please see https://aka.ms/arm-function-format for usage details.`,
  );
}

function tooLong(): Error {
  return refuse(
    `The result of the template language expression exceeds the maximum length limit of ${MAXIMUM_LENGTH} characters.`,
  );
}

import { groupThousands } from './group-thousands.ts';

/**
 * .NET's custom numeric formats: `0`, `#`, `.`, `,`, `%`, `‰`, `E+0`, `;` sections, quoted and escaped text.
 * Source: https://learn.microsoft.com/dotnet/standard/base-types/custom-numeric-format-strings
 */
export function formatCustomNumber(value: number, format: string): string {
  const sections = splitSections(format);
  const [positive = [], negative, zero] = sections;
  if (value === 0 && zero !== undefined) return formatSection(0, zero);
  if (value < 0 && negative !== undefined && negative.length > 0) {
    return formatSection(-value, negative);
  }
  const text = formatSection(Math.abs(value), positive);
  return value < 0 ? `-${text}` : text;
}

type Symbol = { readonly literal: string } | { readonly symbol: string };

function splitSections(format: string): readonly (readonly Symbol[])[] {
  const sections: Symbol[][] = [[]];
  let position = 0;
  while (position < format.length) {
    const character = format.charAt(position);
    const section = sections.at(-1) ?? [];
    position += 1;
    if (character === ';') {
      sections.push([]);
    } else if (character === '\\') {
      section.push({ literal: format.charAt(position) });
      position += 1;
    } else if (character === "'" || character === '"') {
      const end = format.indexOf(character, position);
      const stop = end === -1 ? format.length : end;
      section.push({ literal: format.slice(position, stop) });
      position = stop + 1;
    } else {
      const exponent = /^[eE][+-]?0+/.exec(format.slice(position - 1, position + 20))?.[0];
      if (exponent !== undefined) position += exponent.length - 1;
      section.push(
        exponent !== undefined || '0#.,%‰'.includes(character)
          ? { symbol: exponent ?? character }
          : { literal: character },
      );
    }
  }
  return sections;
}

interface Layout {
  readonly wholePlaces: number;
  readonly minimumWhole: number;
  readonly maximumDecimals: number;
  readonly minimumDecimals: number;
  readonly isGrouped: boolean;
  readonly scale: number;
  readonly exponent: string | undefined;
}

function readLayout(section: readonly Symbol[]): Layout {
  const symbols = section.flatMap((part) => ('symbol' in part ? [part.symbol] : []));
  const point = symbols.indexOf('.');
  const before = point === -1 ? symbols : symbols.slice(0, point);
  const after = point === -1 ? [] : symbols.slice(point + 1);
  const places = before.filter(isDigitPlace);
  const decimals = after.filter(isDigitPlace);
  const lastPlace = before.findLastIndex(isDigitPlace);
  const firstPlace = before.findIndex(isDigitPlace);
  const scalingCommas = before.filter((symbol, at) => symbol === ',' && at > lastPlace).length;
  const firstZero = places.indexOf('0');
  return {
    wholePlaces: places.length,
    minimumWhole: firstZero === -1 ? 0 : places.length - firstZero,
    maximumDecimals: decimals.length,
    minimumDecimals: decimals.lastIndexOf('0') + 1,
    isGrouped: before.some((symbol, at) => symbol === ',' && at > firstPlace && at < lastPlace),
    scale:
      100 ** symbols.filter((symbol) => symbol === '%').length *
      1000 ** (symbols.filter((symbol) => symbol === '‰').length - scalingCommas),
    exponent: symbols.find((symbol) => /^[eE]/.test(symbol)),
  };
}

function isDigitPlace(symbol: string): boolean {
  return symbol === '0' || symbol === '#';
}

function formatSection(magnitude: number, section: readonly Symbol[]): string {
  const layout = readLayout(section);
  let scaled = magnitude * layout.scale;
  let power = 0;
  if (layout.exponent !== undefined && scaled !== 0) {
    const places = Math.max(1, layout.wholePlaces);
    power = Math.floor(Math.log10(scaled)) - places + 1;
    scaled /= 10 ** power;
  }
  const [whole = '', fraction = ''] = scaled.toFixed(layout.maximumDecimals).split('.');
  const significant = whole.replace(/^0+/, '').padStart(layout.minimumWhole, '0');
  return arrange(section, layout, {
    whole: layout.isGrouped ? groupThousands(significant) : significant,
    fraction: trimZeros(fraction, layout.minimumDecimals),
    exponent: layout.exponent === undefined ? '' : exponentText(layout.exponent, power),
  });
}

function trimZeros(fraction: string, minimum: number): string {
  let end = fraction.length;
  while (end > minimum && fraction[end - 1] === '0') end -= 1;
  return fraction.slice(0, end);
}

function exponentText(symbol: string, power: number): string {
  const sign = power < 0 ? '-' : symbol[1] === '+' ? '+' : '';
  const minimum = symbol.replace(/[^0]/g, '').length;
  return `${symbol.charAt(0)}${sign}${String(Math.abs(power)).padStart(minimum, '0')}`;
}

/** Puts the digits at their places: the first place also takes what the format has no place for. */
function arrange(
  section: readonly Symbol[],
  layout: Layout,
  number: { whole: string; fraction: string; exponent: string },
): string {
  let result = '';
  let wholeLeft = number.whole;
  let placesLeft = layout.wholePlaces;
  let fractionLeft = number.fraction;
  let behindPoint = false;
  for (const part of section) {
    if ('literal' in part) {
      result += part.literal;
    } else if (part.symbol === '.') {
      if (layout.wholePlaces === 0 && !behindPoint) result += wholeLeft;
      if (!behindPoint && fractionLeft !== '') result += '.';
      behindPoint = true;
    } else if (isDigitPlace(part.symbol)) {
      if (behindPoint) {
        result += fractionLeft.charAt(0);
        fractionLeft = fractionLeft.slice(1);
      } else {
        placesLeft -= 1;
        const keep = digitsFromEnd(wholeLeft, placesLeft);
        result += wholeLeft.slice(0, keep);
        wholeLeft = wholeLeft.slice(keep);
      }
    } else if (part.symbol === '%' || part.symbol === '‰') {
      result += part.symbol;
    } else if (part.symbol !== ',') {
      result += number.exponent;
    }
  }
  return result;
}

/** Where the last `count` digits begin, group separators with the digits behind them. */
function digitsFromEnd(text: string, count: number): number {
  let digits = 0;
  let position = text.length;
  while (position > 0 && digits < count) {
    position -= 1;
    if (text[position] !== ',') digits += 1;
  }
  return position;
}

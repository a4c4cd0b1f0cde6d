import { assertWhollyKnown } from '../expression/deferred.ts';
import { sameJson } from '../json-values.ts';

/** Equal in type and value; strings with regard to case, objects without regard to order. */
export function sameValue(left: unknown, right: unknown): boolean {
  assertWhollyKnown(left);
  assertWhollyKnown(right);
  return sameJson(left, right);
}

// Azure: less() and greater() follow .NET's invariant culture: 'a' < 'A' < 'b' (golden/engine.json).
const collator = new Intl.Collator('en');

export function compareStrings(left: string, right: string): number {
  return collator.compare(left, right);
}

/** .NET's ToUpperInvariant: one character for one, dotless i and long forms left alone. */
export function toUpperInvariant(text: string): string {
  return mapCharacters(text, (character) =>
    character === '\u0131' ? character : character.toUpperCase(),
  );
}

/** .NET's ToLowerInvariant. */
export function toLowerInvariant(text: string): string {
  return mapCharacters(text, (character) =>
    character === '\u0130' ? character : character.toLowerCase(),
  );
}

/** .NET's OrdinalIgnoreCase: the order of items() and objectKeys(). */
export function compareIgnoringCase(left: string, right: string): number {
  const upperLeft = toUpperInvariant(left);
  const upperRight = toUpperInvariant(right);
  if (upperLeft === upperRight) return 0;
  return upperLeft < upperRight ? -1 : 1;
}

function mapCharacters(text: string, map: (character: string) => string): string {
  const isAscii = Buffer.byteLength(text) === text.length;
  if (isAscii) return map(text);
  let result = '';
  for (const character of text) {
    const mapped = map(character);
    result += mapped.length === character.length ? mapped : character;
  }
  return result;
}

import { FilterError } from './filter-error.ts';

/** Whether `%` (any characters) and `_` (one character) make the pattern fit the whole text. Never backtracks further than the last `%`. */
export function matchLike(text: string, pattern: string, escapeCharacter?: string): boolean {
  const parts = readPattern(pattern, escapeCharacter);
  const characters = [...text];
  let at = 0;
  let part = 0;
  // Where to go on after the last `%`, if what follows does not fit here.
  let retryPart = -1;
  let retryAt = 0;
  while (at < characters.length) {
    const wanted = parts[part];
    if (wanted === ANY) {
      retryPart = ++part;
      retryAt = at;
    } else if (wanted === ONE || wanted === characters[at]) {
      part++;
      at++;
    } else if (retryPart !== -1) {
      part = retryPart;
      at = ++retryAt;
    } else {
      return false;
    }
  }
  while (parts[part] === ANY) part++;
  return part === parts.length;
}

const ANY = Symbol('%');
const ONE = Symbol('_');

function readPattern(pattern: string, escapeCharacter: string | undefined): (string | symbol)[] {
  if (escapeCharacter !== undefined && [...escapeCharacter].length !== 1) {
    throw new FilterError('ESCAPE needs a string of one character.');
  }
  const parts: (string | symbol)[] = [];
  let isEscaped = false;
  for (const character of pattern) {
    if (isEscaped) parts.push(character);
    else if (character === '%') parts.push(ANY);
    else if (character === '_') parts.push(ONE);
    else if (character !== escapeCharacter) parts.push(character);
    isEscaped = !isEscaped && character === escapeCharacter;
  }
  return parts;
}

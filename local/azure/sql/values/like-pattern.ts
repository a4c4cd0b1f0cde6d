// LIKE as a regular expression.

const patterns = new Map<string, RegExp>();
const MOST_KEPT = 500;

/** Throws nothing: a bracket that is not closed matches nothing, as in SQL Server. */
export function likePattern(
  pattern: string,
  escapeCharacter: string | undefined,
  isExact: boolean,
): RegExp {
  const key = `${isExact ? 1 : 0}${escapeCharacter ?? ''}\0${pattern}`;
  let found = patterns.get(key);
  if (!found) {
    found = new RegExp(`^${bodyOf(pattern, escapeCharacter)}$`, isExact ? 's' : 'si');
    if (patterns.size >= MOST_KEPT) patterns.clear();
    patterns.set(key, found);
  }
  return found;
}

function bodyOf(pattern: string, escapeCharacter: string | undefined): string {
  let body = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (escapeCharacter && character === escapeCharacter && at + 1 < pattern.length)
      body += literal(pattern.charAt(++at));
    else if (character === '%') body += '.*';
    else if (character === '_') body += '.';
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) return '(?!)';
      body += setOf(pattern.slice(at + 1, end));
      at = end;
    } else body += literal(character);
  }
  return body;
}

/** `a-z`, `^abc`; what is special in a regular expression is not here. */
function setOf(inner: string): string {
  const isNegated = inner.startsWith('^');
  const members = (isNegated ? inner.slice(1) : inner).replace(/[\\\]^[]/g, '\\$&');
  return `[${isNegated ? '^' : ''}${members}]`;
}

function literal(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

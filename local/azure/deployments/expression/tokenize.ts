import { parseInt64 } from '../functions/integers.ts';
import { refuse } from '../functions/refusal.ts';

/** Kinds are named as ARM's messages name them. */
export type Token =
  | { readonly kind: 'Literal'; readonly text: string; readonly value: string | number }
  | {
      readonly kind:
        | 'Identifier'
        | 'LeftParenthesis'
        | 'RightParenthesis'
        | 'LeftSquareBracket'
        | 'RightSquareBracket'
        | 'Comma'
        | 'Dot'
        | 'EndOfData';
      readonly text: string;
    };

const PUNCTUATION = {
  '(': 'LeftParenthesis',
  ')': 'RightParenthesis',
  '[': 'LeftSquareBracket',
  ']': 'RightSquareBracket',
  ',': 'Comma',
  '.': 'Dot',
} as const;

/**
 * Splits an expression into tokens: identifiers, integers, strings in single quotes (`''` is one quote).
 *
 * @throws ServiceError 400 `InvalidTemplate`
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const character = text.charAt(position);
    if (isSpace(character)) {
      position += 1;
    } else if (isPunctuation(character)) {
      tokens.push({ kind: PUNCTUATION[character], text: character });
      position += 1;
    } else {
      const token = readWord(text, position);
      tokens.push(token);
      position += token.text.length;
    }
  }
  return tokens;
}

function readWord(text: string, start: number): Token {
  const first = text.charAt(start);
  if (first === "'") return readString(text, start);
  if (isDigit(first) || first === '-' || first === '+') return readInteger(text, start);
  if (isIdentifierStart(first)) {
    const end = endOf(
      text,
      start,
      (character) => isIdentifierStart(character) || isDigit(character),
    );
    return { kind: 'Identifier', text: text.slice(start, end) };
  }
  throw unexpectedCharacter(text, start);
}

function readString(text: string, start: number): Token {
  const parts: string[] = [];
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf("'", from);
    if (quote === -1) {
      throw refuse(
        `The language expression '${text}' is not valid: the string constant at position '${start}' is not terminated. String constants must be enclosed within a pair of single quotes.`,
      );
    }
    parts.push(text.slice(from, quote));
    if (text[quote + 1] !== "'") {
      return { kind: 'Literal', text: text.slice(start, quote + 1), value: parts.join("'") };
    }
    from = quote + 2;
  }
}

function readInteger(text: string, start: number): Token {
  const end = endOf(text, start + 1, isDigit);
  const digits = text.slice(start, end);
  const next = text.charAt(end);
  if (next === '.' && isDigit(text.charAt(end + 1))) {
    throw refuse(
      `The language expression '${text}' at position '${start}' is not valid: float point numbers are not supported.`,
    );
  }
  if (isIdentifierStart(next)) throw unexpectedCharacter(text, end);
  const value = parseInt64(digits);
  if (value === undefined) {
    throw refuse(
      `The language expression '${text}' is not valid: the value '${digits}' at position '${start}' cannot be converted to number.`,
    );
  }
  return { kind: 'Literal', text: digits, value };
}

function unexpectedCharacter(text: string, position: number): Error {
  return refuse(
    `The language expression '${text}' is not valid: the string character '${text.charAt(position)}' at position '${position}' is not expected.`,
  );
}

function endOf(text: string, start: number, belongs: (character: string) => boolean): number {
  let end = start;
  while (end < text.length && belongs(text.charAt(end))) end += 1;
  return end;
}

function isPunctuation(character: string): character is keyof typeof PUNCTUATION {
  return Object.hasOwn(PUNCTUATION, character);
}

function isSpace(character: string): boolean {
  return character.trim() === '' && character !== '';
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

function isIdentifierStart(character: string): boolean {
  return (
    character === '_' ||
    character === '$' ||
    (character >= 'a' && character <= 'z') ||
    (character >= 'A' && character <= 'Z')
  );
}

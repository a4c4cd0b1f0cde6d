import { assertKnown } from '../expression/deferred.ts';
import { toText } from './to-text.ts';

/** Compact JSON as .NET's Newtonsoft writes it. */
export function serializeJson(value: unknown): string {
  assertKnown(value);
  if (typeof value === 'string') return serializeString(value);
  if (typeof value === 'number') return toText(value);
  if (Array.isArray(value)) return `[${value.map(serializeJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, inner]) => `${serializeString(name)}:${serializeJson(inner)}`,
    );
    return `{${members.join(',')}}`;
  }
  return String(value ?? null);
}

function serializeString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

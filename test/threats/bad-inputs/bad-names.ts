// Names and ids that are none, and addresses of strangers.
import type { Pick } from './pick.ts';

/** Percent-encodes everything that is not a letter or digit: the host decodes it again. */
export const encodeAll = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) =>
      /[A-Za-z0-9-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');

export const FOREIGN = [
  'http://169.254.169.254/metadata/identity/oauth2/token',
  '//evil.example',
  'file:///etc/passwd',
  'https://evil.example/secrets/x',
  'http://2852039166/',
  'http://[::ffff:169.254.169.254]/',
  'http://127.0.0.1:1/',
] as const;

const BAD_NAMES = [
  '.',
  '..',
  '...',
  'a/b',
  '../keys/k',
  's?x',
  's#f',
  'a\r\nb',
  'é',
  'ａ',
  '__proto__',
  'a b',
  'a\t',
  '*',
  "'",
  '%2e%2e',
  '%',
  '%00',
  '😀',
  '‮txt',
  '=cmd()',
  '<script>',
  ...FOREIGN,
] as const;

export function badName(pick: Pick): string {
  if (pick.onceIn(4)) return pick.text('abcXYZ019-', 128 + pick.below(400));
  if (pick.onceIn(4)) {
    const good = pick.text('abcXYZ019-', pick.below(20));
    return `${good}${pick.one(['.', '/', '_', ' ', '\u0000', '\u007f', 'ü', '%', '\\', ';', '~'])}${good}`;
  }
  return pick.one(BAD_NAMES);
}

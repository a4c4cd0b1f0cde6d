// F17 to F24: how a token is written.
import { claimsJson, type Forgery, headerJson, withRawPart } from '../token-bench.ts';

export const shapeForgeries: readonly Forgery[] = [
  {
    name: 'F17 another number of parts',
    problem: 'malformed',
    make: (b) => {
      const [header, payload, signature] = b.genuine.split('.');
      return [
        `${header}.${payload}`,
        `${header}..${signature}`,
        `.${payload}.${signature}`,
        `${b.genuine}.x`,
        `${b.genuine}.`,
        `${b.genuine}.x.y`,
        '..',
        'x',
      ];
    },
  },
  {
    name: 'F18 padding, plain base64, spaces, line breaks, NUL',
    problem: 'malformed',
    make: (b) => {
      const [header = '', payload = '', signature = ''] = b.genuine.split('.');
      return [
        `${header}=.${payload}.${signature}`,
        `${header}.${payload}.${signature}==`,
        `${header}.${payload.slice(0, 8)} ${payload.slice(8)}.${signature}`,
        `${header}.${payload}.${signature}\n`,
        `${header}.${payload}\0.${signature}`,
        `${header}.${payload}.${signature.slice(0, 4)}+/${signature.slice(6)}`,
      ];
    },
  },
  {
    name: 'F19 a last character with loose bits',
    problem: 'malformed',
    make: (b) => {
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const next = alphabet[alphabet.indexOf(b.genuine.at(-1) ?? '') + 1];
      return b.genuine.slice(0, -1) + next;
    },
  },
  {
    name: 'F20 parts that are no JSON object',
    problem: 'malformed',
    make: (b) => [
      ...['', 'text', '[]', 'null', '"x"', '7', '{"a":1', '{} {}'].flatMap((text) => [
        withRawPart(b, 0, text),
        withRawPart(b, 1, text),
      ]),
      withRawPart(
        b,
        1,
        Buffer.concat([
          Buffer.from(claimsJson(b).slice(0, -2)),
          Buffer.from([0xff]),
          Buffer.from('"}'),
        ]),
      ),
      withRawPart(b, 1, `\ufeff${claimsJson(b)}`),
      withRawPart(b, 0, `\ufeff${headerJson(b)}`),
    ],
  },
  {
    name: 'F21 a name given twice',
    problem: 'malformed',
    make: (b) => [
      withRawPart(b, 0, headerJson(b).replace('{', '{"alg":"none",')),
      withRawPart(b, 1, claimsJson(b).replace('{', '{"aud":"https://evil.example",')),
      withRawPart(b, 1, claimsJson(b).replace('{', '{"exp":1,')),
      withRawPart(b, 1, claimsJson(b).replace('{', '{"e\\u0078p":1,')),
      withRawPart(b, 1, claimsJson(b).replace('{', '{"x":{"y":1,"y":2},')),
    ],
  },
  {
    name: 'F22 a quarter of a megabyte, ten thousand levels',
    problem: 'malformed',
    make: (b) => [
      b.forged({ filler: 'x'.repeat(256 * 1024) }),
      b.forged({ filler: 'x'.repeat(16 * 1024) }),
      withRawPart(b, 1, `${'['.repeat(10_000)}${']'.repeat(10_000)}`),
      withRawPart(b, 1, claimsJson(b).replace('{', `{"x":${'['.repeat(1000)}${']'.repeat(1000)},`)),
    ],
  },
  {
    name: 'F23 a token in a token',
    problem: 'malformed',
    make: (b) => [
      withRawPart(b, 1, b.genuine),
      b.forged({}, { cty: 'JWT' }),
      b.forged({}, { typ: 'JWE' }),
    ],
  },
  {
    name: 'F24 the JSON serialisation',
    problem: 'malformed',
    make: (b) => {
      const [header, payload, signature] = b.genuine.split('.');
      return JSON.stringify({ payload, protected: header, signature });
    },
  },
];

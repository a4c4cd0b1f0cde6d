// What is bad at every endpoint: keys, and queries.

import { encodeAll } from './bad-names.ts';
import type { Badness, Endpoint } from './badness.ts';
import { removeHeader, setHeader } from './request-draft.ts';

/** Keys of the host under test. */
export interface Keys {
  readonly master: string;
  /** Of all functions. */
  readonly host: string;
  /** By function. */
  readonly own: Readonly<Record<string, string>>;
}

/** 401, and nothing in it. */
export function keyBadness({ name, level }: Endpoint, keys: Keys): readonly Badness[] {
  const own = keys.own[name] ?? '';
  const good = level === 'admin' ? keys.master : own;
  const other = Object.entries(keys.own).find(([of]) => of !== name)?.[1] ?? '';
  const refused = (what: string, apply: Badness['apply']): Badness => ({
    name: what,
    statuses: [401],
    apply(draft, pick) {
      removeHeader(draft, 'x-functions-key');
      apply(draft, pick);
    },
  });
  return [
    refused('no key', () => {}),
    refused('a wrong key', (draft, pick) => {
      const wrong = pick.one([
        other,
        ...(level === 'admin' ? [own] : []),
        good.slice(0, -1),
        `${good}x`,
        good.toUpperCase(),
        '__proto__',
        'null',
        pick.text('abc=', 1 + pick.below(9000)),
      ]);
      if (pick.onceIn(2)) setHeader(draft, 'x-functions-key', wrong);
      else draft.requestLine.query.push(`code=${encodeURIComponent(wrong)}`);
    }),
    refused('the key elsewhere', (draft, pick) => {
      const [header, value] = pick.one([
        ['authorization', `Bearer ${good}`],
        ['cookie', `code=${good}; x-functions-key=${good}`],
        ['x-function-key', good],
        ['x_functions_key', good],
        ['x-functions-keys', good],
        ['x-ms-functions-key', good],
      ]);
      setHeader(draft, header, value);
    }),
    refused('the key twice', (draft, pick) => {
      if (pick.onceIn(2)) {
        draft.headers.push(['x-functions-key', good], ['X-Functions-Key', good]);
      } else {
        setHeader(draft, 'x-functions-key', 'wrong');
        draft.requestLine.query.push(`code=${encodeURIComponent(good)}`);
      }
    }),
  ];
}

const TOKEN_CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABC0123456789';

/** What the functions themselves refuse. */
export function queryBadness({ knownQuery }: Endpoint): readonly Badness[] {
  return [
    {
      name: 'a query parameter that is not known',
      statuses: [400],
      apply: ({ requestLine }, pick) => {
        const known = knownQuery[0] ?? 'x';
        const name = pick.one([
          'x',
          `${known}[]`,
          `${known}%5B%5D`,
          `${known}%00`,
          `${known}%20`,
          '__proto__',
          'constructor',
          'toString',
          '%',
          '%zz',
          '%e9',
          '%F0%9F%98%80',
          '%0d%0aSet-Cookie:x',
          '%2e%2e',
          '%252e%252e',
          '<b>',
          '',
          pick.text(TOKEN_CHARACTERS, 1 + pick.below(7000)),
          encodeAll(pick.text('éü\u0000\r\n\t"\'<>&=', 1 + pick.below(40))),
        ]);
        const value = pick.one([
          '',
          '=',
          `=${pick.text(TOKEN_CHARACTERS, pick.below(200))}`,
          '=%',
          '=%00',
        ]);
        const parameter = name === '' ? '=x' : `${name}${value}`;
        requestLine.query.push(...Array.from({ length: 1 + pick.below(3) }, () => parameter));
      },
    },
  ];
}

// The app's HTTP endpoints and what is bad input to each.
import type { Pick } from './pick.ts';
import type { RequestDraft } from './request-draft.ts';

export interface Badness {
  readonly name: string;
  /** Whose refusal it has to be: of HTTP and the host, or of the function. */
  readonly statuses: readonly number[];
  /** Fits the sentence of the function, which names what is wrong. */
  readonly complaint?: RegExp;
  apply(draft: RequestDraft, pick: Pick): void;
}

export interface Endpoint {
  /** Of the function. */
  readonly name: string;
  readonly path: string;
  readonly level: 'function' | 'admin';
  readonly knownQuery: readonly string[];
  /** Beside what is bad everywhere. */
  readonly own: readonly Badness[];
  /** What a good request brings along, as a POST; absent: a GET. */
  readonly posted?: { readonly contentType: string; readonly body: string };
  /** Of a good request; 200 by default. */
  readonly goodStatus?: number;
}

/** Percent-encodes everything that is not a letter or digit: the host decodes it again. */
export const encodeAll = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) =>
      /[A-Za-z0-9-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');

const FOREIGN = [
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

function badName(pick: Pick): string {
  if (pick.onceIn(4)) return pick.text('abcXYZ019-', 128 + pick.below(400));
  if (pick.onceIn(4)) {
    const good = pick.text('abcXYZ019-', pick.below(20));
    return `${good}${pick.one(['.', '/', '_', ' ', '\u0000', '\u007f', 'ü', '%', '\\', ';', '~'])}${good}`;
  }
  return pick.one(BAD_NAMES);
}

const readSecretOwn: readonly Badness[] = [
  {
    name: 'a name that is none',
    statuses: [400, 404],
    apply: ({ requestLine }, pick) => {
      const name = badName(pick);
      requestLine.path = `/api/secrets/${pick.onceIn(3) ? encodeAll(encodeAll(name)) : encodeAll(name)}`;
    },
  },
  {
    name: 'no name',
    statuses: [404],
    apply: ({ requestLine }, pick) => {
      requestLine.path = pick.one([
        '/api/secrets',
        '/api/secrets/',
        '/api/secrets//',
        '/api/secrets//demo',
      ]);
    },
  },
  {
    name: 'a version that is none',
    statuses: [400],
    apply: ({ requestLine }, pick) => {
      const version = pick.one([
        '',
        'latest',
        pick.text('0123456789abcdef', 31),
        pick.text('0123456789abcdef', 33),
        `${pick.text('0123456789abcdef', 32)}\n`,
        `${pick.text('0123456789abcdeg', 31)}g`,
        '../..',
        badName(pick),
      ]);
      requestLine.query.push(`version=${encodeAll(version)}`);
    },
  },
  {
    name: 'the version twice',
    statuses: [400],
    apply: ({ requestLine }, pick) => {
      const version = () => pick.text('0123456789abcdef', 32);
      requestLine.query.push(
        `version=${version()}`,
        `${pick.one(['version', 'Version', '%76ersion'])}=${version()}`,
      );
    },
  },
];

const diagnoseOwn: readonly Badness[] = [
  {
    name: 'a secret that is none',
    statuses: [400],
    apply: ({ requestLine }, pick) => {
      requestLine.query.push(`secret=${encodeAll(pick.onceIn(8) ? '' : badName(pick))}`);
    },
  },
  {
    name: 'a target of its own',
    statuses: [400],
    apply: ({ requestLine }, pick) => {
      const name = pick.one(['target', 'url', 'host', 'vault', 'endpoint', 'scope', 'constructor']);
      requestLine.query.push(`${name}=${encodeAll(pick.one(FOREIGN))}`);
    },
  },
];

const identityOwn: readonly Badness[] = [
  {
    name: 'an identity or audience of its own',
    statuses: [400],
    apply: ({ requestLine }, pick) => {
      const name = pick.one([
        'clientId',
        'client_id',
        'resource',
        'scope',
        'url',
        'audience',
        'mi_res_id',
      ]);
      requestLine.query.push(`${name}=${encodeAll(pick.one(FOREIGN))}`);
    },
  },
];

export const endpoints: readonly Endpoint[] = [
  {
    name: 'readSecret',
    path: '/api/secrets/demo',
    level: 'function',
    knownQuery: ['version'],
    own: readSecretOwn,
  },
  {
    name: 'getIdentity',
    path: '/api/identity',
    level: 'function',
    knownQuery: [],
    own: identityOwn,
  },
  {
    name: 'getScan',
    path: '/api/scans/latest',
    level: 'function',
    knownQuery: [],
    own: [],
    // No scan has run.
    goodStatus: 404,
  },
  {
    name: 'diagnose',
    path: '/api/diagnose',
    level: 'admin',
    knownQuery: ['secret'],
    own: diagnoseOwn,
  },
];

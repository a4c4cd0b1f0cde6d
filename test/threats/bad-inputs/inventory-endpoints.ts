// What is bad input to the endpoints that read the database.
import { encodeAll } from './bad-names.ts';
import type { Badness, Endpoint } from './badness.ts';
import type { Pick } from './pick.ts';

const SQL = [
  "'; DROP TABLE inventory.Resource; --",
  "' OR 1=1 --",
  '10;--',
  "x') UNION SELECT name FROM sys.tables --",
  'name; drop table',
] as const;

/** One query parameter with a value that its function does not take. */
function badValue(name: string, values: readonly [string, ...string[]]): Badness {
  return {
    name: `a ${name} that is none`,
    statuses: [400],
    complaint: new RegExp(`^${name} must be`),
    apply: ({ requestLine }, pick) => {
      requestLine.query.push(`${name}=${encodeAll(pick.one([...values, ...SQL]))}`);
    },
  };
}

const NOT_A_TOP = [
  '0',
  '-1',
  '1e9',
  '501',
  '1000000000',
  'NaN',
  '',
  ' 1',
  '0x10',
  '1.5',
  '١',
] as const;

const NOT_A_TIME = [
  '0000-01-01T00:00:00Z',
  '10000-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-11-25T06:00:00',
  '2026-11-25T06:00:60Z',
  '2026-11-25',
  '0001-01-01T00:00:00+01:00',
  'yesterday',
  '',
  '0',
] as const;

/** What SQL reads otherwise than it stands there is data to a parameter: not bad. */
function badType(pick: Pick): string {
  return pick.one([
    '',
    'a\u0000b',
    'a\nb',
    '\u007f',
    '\u009f',
    'x'.repeat(4_001),
    '😀'.repeat(129),
    pick.text("abc'%_[", 257 + pick.below(4_000)),
  ]);
}

/** Of the right length, and not ours. */
function badContinuation(pick: Pick): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return pick.one([
    '',
    'AQ',
    pick.text(letters, 50),
    `AQ${pick.text(letters, 48)}`,
    pick.text(letters, pick.below(6_000)),
    ...SQL,
  ]);
}

const drawn = (name: string, draw: (pick: Pick) => string): Badness => ({
  name: `a ${name} that is none`,
  statuses: [400],
  complaint: new RegExp(`^${name} must be`),
  apply: ({ requestLine }, pick) => {
    requestLine.query.push(`${name}=${encodeAll(draw(pick))}`);
  },
});

const listResources: readonly Badness[] = [
  badValue('top', NOT_A_TOP),
  badValue('createdAfter', NOT_A_TIME),
  drawn('type', badType),
  drawn('continuation', badContinuation),
  {
    name: 'a column or an order of its own',
    statuses: [400],
    complaint: /^The query parameter "[^"]+" is not known/,
    apply: ({ requestLine }, pick) => {
      const name = pick.one(['orderBy', 'column', 'select', '$filter', 'where', ...SQL]);
      requestLine.query.push(`${encodeAll(name)}=${encodeAll(pick.one(SQL))}`);
    },
  },
  {
    name: 'a parameter twice',
    statuses: [400],
    complaint: /^(?:type|top) must not come twice/,
    apply: ({ requestLine }, pick) => {
      const name = pick.one(['type', 'top']);
      requestLine.query.push(`${name}=1`, `${name}=1`);
    },
  },
];

const NOBODY = '0f8fad5b-d9cb-469f-a165-70867728950e';

const getResource: readonly Badness[] = [
  {
    name: 'an id that is no GUID',
    // The route's constraint knows some of them already.
    statuses: [400, 404],
    apply: ({ requestLine }, pick) => {
      const id = pick.one([
        '1',
        'latest',
        `{${NOBODY}}`,
        `(${NOBODY})`,
        NOBODY.replaceAll('-', ''),
        `${NOBODY}0`,
        NOBODY.slice(0, -1),
        `${NOBODY}' OR 1=1 --`,
        NOBODY.replace('0', 'g'),
        `${NOBODY}\u0000`,
        '__proto__',
        ...SQL,
      ]);
      requestLine.path = `/api/resources/${pick.onceIn(4) ? encodeAll(encodeAll(id)) : encodeAll(id)}`;
    },
  },
  {
    name: 'a GUID in a form that databases take and we do not',
    statuses: [400],
    complaint: /^eventId must be a GUID/,
    apply: ({ requestLine }, pick) => {
      const id = pick.one([`{${NOBODY}}`, `(${NOBODY})`, NOBODY.replaceAll('-', '')]);
      requestLine.path = `/api/resources/${encodeAll(id)}`;
    },
  },
];

export const inventoryEndpoints: readonly Endpoint[] = [
  {
    name: 'listResources',
    path: '/api/resources',
    level: 'function',
    knownQuery: ['type', 'createdAfter', 'top', 'continuation'],
    own: listResources,
  },
  {
    name: 'getResource',
    path: `/api/resources/${NOBODY}`,
    level: 'function',
    knownQuery: [],
    own: getResource,
    // Nothing is recorded.
    goodStatus: 404,
  },
  {
    name: 'summarizeResources',
    path: '/api/resource-summary',
    level: 'function',
    knownQuery: [],
    own: [],
  },
  {
    name: 'getDatabaseIdentity',
    path: '/api/database/identity',
    level: 'function',
    knownQuery: [],
    own: [],
  },
];

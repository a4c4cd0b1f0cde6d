// What is bad input to the endpoints that tell of identities.
import { writeCursor } from '../../../shared/identity/identities-query.ts';
import { badName, encodeAll, FOREIGN } from './bad-names.ts';
import type { Badness, Endpoint } from './badness.ts';

export const identityOwn: readonly Badness[] = [
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

const listIdentitiesOwn: readonly Badness[] = [
  ...identityOwn,
  {
    name: 'a top that is none',
    statuses: [400],
    complaint: /^top must be/,
    apply: ({ requestLine }, pick) => {
      const top = pick.one(['0', '-1', '1e9', '1000000000', 'NaN', '501', '', ' 1', '0x10', '١']);
      requestLine.query.push(`top=${encodeAll(top)}`);
    },
  },
  {
    name: 'a cursor that is none',
    statuses: [400],
    complaint: /^cursor must be/,
    apply: ({ requestLine }, pick) => {
      const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const cursor = pick.one([
        '',
        CURSOR.slice(0, pick.below(CURSOR.length)),
        `${CURSOR}A`,
        `${CURSOR.slice(0, -3)}${pick.text('abc', 2)}=`,
        pick.text(letters, pick.below(6_000)),
        ...FOREIGN,
      ]);
      requestLine.query.push(`cursor=${encodeAll(cursor)}`);
    },
  },
  {
    name: 'a page twice',
    statuses: [400],
    complaint: /^(?:top|cursor) must not come twice/,
    apply: ({ requestLine }, pick) => {
      const name = pick.one(['top', 'cursor']);
      requestLine.query.push(`${name}=1`, `${name}=1`);
    },
  },
];

/** A real one. */
const CURSOR = writeCursor('/subscriptions/s/resourcegroups/rg/providers/x/y/z');
const NOBODY = '0f8fad5b-d9cb-469f-a165-70867728950e';

const findIdentityOwn: readonly Badness[] = [
  ...identityOwn,
  {
    name: 'an id that is no GUID',
    // 401: `.` leads to the list, whose key is another.
    statuses: [400, 401, 404],
    apply: ({ requestLine }, pick) => {
      const id = pick.onceIn(2) ? badName(pick) : pick.one(BAD_IDS);
      requestLine.path = `/api/identities/${pick.onceIn(4) ? encodeAll(encodeAll(id)) : encodeAll(id)}`;
    },
  },
  {
    name: 'a GUID in another form, or a filter of its own',
    statuses: [400],
    complaint: /^principalId must be a GUID/,
    apply: ({ requestLine }, pick) => {
      requestLine.path = `/api/identities/${encodeAll(pick.one(BAD_IDS))}`;
    },
  },
];

const BAD_IDS = [
  `{${NOBODY}}`,
  `(${NOBODY})`,
  NOBODY.replaceAll('-', ''),
  `${NOBODY}0`,
  NOBODY.replace('0', 'g'),
  `${NOBODY}')`,
  `${NOBODY}' or principalId ne '`,
  `${NOBODY}\u0000`,
  '__proto__',
] as const;

export const identityEndpoints: readonly Endpoint[] = [
  {
    name: 'getIdentity',
    path: '/api/identity',
    level: 'function',
    knownQuery: [],
    own: identityOwn,
  },
  {
    name: 'listIdentities',
    path: '/api/identities',
    level: 'function',
    knownQuery: ['top', 'cursor'],
    own: listIdentitiesOwn,
  },
  {
    name: 'findIdentity',
    path: `/api/identities/${NOBODY}`,
    level: 'function',
    knownQuery: [],
    own: findIdentityOwn,
    // Nobody has it.
    goodStatus: 404,
  },
];

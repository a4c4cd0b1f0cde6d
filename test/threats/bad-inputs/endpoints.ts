// The app's HTTP endpoints and what is bad input to each.

import { badName, encodeAll, FOREIGN } from './bad-names.ts';
import type { Badness, Endpoint } from './badness.ts';
import { identityEndpoints, identityOwn } from './identity-endpoints.ts';

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

export const endpoints: readonly Endpoint[] = [
  {
    name: 'readSecret',
    path: '/api/secrets/demo',
    level: 'function',
    knownQuery: ['version'],
    own: readSecretOwn,
  },
  ...identityEndpoints,
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
    name: 'callWebApi',
    path: '/api/web-api',
    level: 'function',
    knownQuery: [],
    own: identityOwn,
  },
  {
    name: 'diagnose',
    path: '/api/diagnose',
    level: 'admin',
    knownQuery: ['secret'],
    own: diagnoseOwn,
  },
];

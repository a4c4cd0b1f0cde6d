// Which test shows that a threat is met. A test's title carries the number where it was written for the threat.

export interface ThreatTest {
  readonly file: string;
  /** Of the test or suite, as it stands in the source, from its beginning. */
  readonly title: string;
}

export interface Threat {
  readonly threat: string;
  readonly tests: readonly ThreatTest[];
  /** What has to exist before the rest of it can be tried. */
  readonly later?: string;
}

const HTTP_FUNCTIONS = 'test/functions/http-functions.test.ts';
const CANARIES = {
  file: 'test/threats/canaries.test.ts',
  title: 'T2 T3 T6 a canary',
};
const BAD_INPUTS = {
  file: 'test/threats/bad-inputs.test.ts',
  title: 'T1 T20 bad requests to ',
};
const AZURE_CALLS = 'test/shared/azure-calls.test.ts';

export const threats: Readonly<Record<string, Threat>> = {
  T1: {
    threat: 'input steers a request',
    tests: [
      { file: HTTP_FUNCTIONS, title: '[T1] ' },
      { file: HTTP_FUNCTIONS, title: '[T1] diagnose refuses' },
      BAD_INPUTS,
    ],
  },
  T2: {
    threat: 'a function gives token, header or settings',
    tests: [
      {
        file: 'test/functions/functions-in-azure.test.ts',
        title: '[T2, T6] give away neither secret nor token nor identity header',
      },
      CANARIES,
    ],
  },
  T3: {
    threat: 'verbose logs print tokens',
    tests: [CANARIES, { file: 'test/shared/settings.test.ts', title: '[T3] with DEBUG' }],
  },
  T4: {
    threat: "an SDK's error is passed through",
    tests: [
      {
        file: 'test/threats/passed-through.test.ts',
        title: 'T4 a target that refuses with a canary in every field',
      },
    ],
  },
  T5: {
    threat: 'the caller is unknown',
    tests: [{ file: 'test/threats/callers.test.ts', title: 'T5 a caller' }],
  },
  T6: {
    threat: 'a secret value is given away',
    tests: [
      {
        file: 'test/functions/functions-in-azure.test.ts',
        title: '[T2, T6] give away neither secret nor token nor identity header',
      },
      CANARIES,
    ],
  },
  T7: {
    threat: 'the identity is too mighty',
    tests: [
      {
        file: 'test/end-to-end/describe-grants.ts',
        title: 'T7 the role assignments of the template',
      },
    ],
  },
  T8: {
    threat: 'a foreign nextLink or redirect takes the token',
    tests: [
      { file: AZURE_CALLS, title: '[21] sends nothing to a foreign host that a nextLink names' },
      { file: 'test/threats/redirects.test.ts', title: 'T8 a target that redirects' },
      {
        file: 'test/shared/web-api.test.ts',
        title: '[T8] that points to another address gets no token there',
      },
    ],
  },
  T9: {
    threat: 'a secret name that is a path',
    tests: [{ file: HTTP_FUNCTIONS, title: '[T9] refuses the name' }, BAD_INPUTS],
  },
  T10: {
    threat: 'SQL injection',
    tests: [
      { file: 'test/threats/database.test.ts', title: 'T10 what looks like SQL' },
      {
        file: 'test/functions/inventory-functions.test.ts',
        title: '[T10] hands what looks like SQL on as a value, and the text stays the same',
      },
      { file: 'test/functions/inventory-functions.test.ts', title: '[T10] refuses' },
    ],
  },
  T11: {
    threat: 'a forged event',
    tests: [
      {
        file: 'test/shared/inventory/parse-resource-event.test.ts',
        title: '[T11] a message that can never be recorded',
      },
    ],
  },
  T12: {
    threat: 'control characters, markup, formulas in names',
    tests: [
      { file: 'test/threats/foreign-names.test.ts', title: 'T12 whatever a resource is called' },
    ],
  },
  T13: {
    threat: 'the challenge of another vault',
    tests: [{ file: AZURE_CALLS, title: '[T13] refuses the challenge of a foreign resource' }],
  },
  T14: {
    threat: 'TLS checks off',
    tests: [
      { file: 'test/threats/tls-off.test.ts', title: 'T14 with NODE_TLS_REJECT_UNAUTHORIZED=0' },
      {
        file: 'test/shared/settings.test.ts',
        title: 'stop every call while TLS verification is off',
      },
    ],
  },
  T15: {
    threat: 'the local CA is misused',
    tests: [
      {
        file: 'test/local/azure/certificate-authority.test.ts',
        title: 'T15: could not sign another name that a client accepts',
      },
      {
        file: 'test/local/azure/certificate-authority.test.ts',
        title: 'T15: keeps its files readable by their owner only',
      },
    ],
  },
  T16: {
    threat: 'the redirect preload runs in Azure',
    tests: [{ file: 'test/local/redirect/preload.test.ts', title: 'T16: the preload' }],
  },
  T17: {
    threat: 'local doors from outside, DNS rebinding',
    tests: [{ file: 'test/threats/doors.test.ts', title: 'T17 the doors' }],
  },
  T18: {
    threat: 'the identity endpoint is used by others',
    tests: [
      {
        file: 'test/threats/doors.test.ts',
        title: 'T18 the identity endpoint of App Service',
      },
      { file: 'test/threats/doors.test.ts', title: 'T18 IMDS' },
    ],
  },
  T19: {
    threat: 'a dependency turns bad',
    tests: [
      { file: 'test/threats/supply-chain.test.ts', title: 'T19 the dependencies' },
      {
        file: 'test/threats/supply-chain.test.ts',
        title: 'T19 the app under node --permission, with read access to its own folder',
      },
    ],
  },
  T20: {
    threat: 'a flood',
    tests: [BAD_INPUTS, { file: 'test/threats/callers.test.ts', title: 'T20 a flood' }],
  },
  T21: {
    threat: 'the template leaks or lets in',
    tests: [
      { file: 'test/infra/rules.test.ts', title: 'both publishing doors of the app are closed' },
      { file: 'test/infra/rules.test.ts', title: 'nothing that holds a shared key is created' },
    ],
  },
  T22: {
    threat: 'rights raised in SQL',
    tests: [
      {
        file: 'test/threats/database.test.ts',
        title: 'T22 the app that wants more rights in the database',
      },
    ],
  },
};

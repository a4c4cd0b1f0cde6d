// What is bad input to the endpoints that publish events and show messages.
import { encodeAll } from './bad-names.ts';
import type { Badness, Endpoint } from './badness.ts';
import type { Pick } from './pick.ts';
import { setBody, setHeader } from './request-draft.ts';

const GOOD = { specversion: '1.0', id: 'good', source: '/test', type: 'test' };
const withAttributes = (attributes: object) => JSON.stringify({ ...GOOD, ...attributes });
/** As text, for what an object literal would not keep. */
const withText = (text: string) => `${JSON.stringify(GOOD).slice(0, -1)},${text}}`;
const nested = (depth: number) => withText(`"data":${'['.repeat(depth)}${']'.repeat(depth)}`);

function badBody(name: string, complaint: RegExp, draw: (pick: Pick) => string | Buffer): Badness {
  return {
    ...{ name, complaint, statuses: [400] },
    apply: (draft, pick) => setBody(draft, draw(pick)),
  };
}

const bodies: readonly Badness[] = [
  badBody('a body that is no event', /^The (?:body|event) (?:is|must|has)/, (pick) =>
    pick.one([
      '',
      'null',
      '[]',
      '5',
      '"text"',
      'true',
      'hello',
      '{',
      '[{}',
      '{"a":1,}',
      '\u0000',
      `${JSON.stringify(GOOD)}x`,
    ]),
  ),
  badBody('a body that is no UTF-8', /^The body is not UTF-8/, () =>
    Buffer.concat([
      Buffer.from(withAttributes({ data: '' }).slice(0, -2)),
      Buffer.from([0xc3, 0x28, 0x22, 0x7d]),
    ]),
  ),
  badBody('JSON that readers differ about', /^The (?:body|event)/, (pick) =>
    pick.one([
      nested(10_000),
      withText('"id":"other"'),
      withText('"data":{"a":1,"a":2}'),
      withText('"__proto__":{"x":1}'),
      withText('"data":1e400'),
    ]),
  ),
  badBody('an event in bad order', /^(?:The event|Event \d+)'s id/, (pick) =>
    pick.one([
      `[${JSON.stringify(GOOD)},${JSON.stringify(GOOD)}]`,
      withAttributes({ id: '' }),
      withAttributes({ id: 'i'.repeat(10_000) }),
      withAttributes({ id: undefined }),
      withAttributes({ id: 'a\r\nb' }),
      withAttributes({ id: 7 }),
    ]),
  ),
];

const ATTRIBUTES: readonly [object, ...object[]] = [
  { specversion: '0.3' },
  { specversion: 1 },
  { source: '' },
  { source: 's'.repeat(10_000) },
  { type: '' },
  { type: 't'.repeat(10_000) },
  { time: 'yesterday' },
  { time: '2026-02-30T00:00:00Z' },
  { Subject: 'upper' },
  { 'a-b': 'dash' },
  { partitionkey: 'k'.repeat(129) },
  { partitionkey: '' },
  { data_base64: '***' },
  { subject: 'a\u0000b' },
];

const publishEvent: readonly Badness[] = [
  ...bodies,
  {
    name: 'an attribute that is none',
    statuses: [400],
    complaint: /^The event's [!-~]+ /,
    apply: (draft, pick) => setBody(draft, withAttributes(pick.one(ATTRIBUTES))),
  },
  {
    name: 'a destination of its own',
    statuses: [400],
    complaint: /^to must be eventhub/,
    apply: ({ requestLine }, pick) => {
      const to = pick.one([
        '',
        'EventHub',
        'both,servicebus',
        'http://169.254.169.254/',
        '__proto__',
      ]);
      requestLine.query.push(`to=${encodeAll(to)}`);
    },
  },
  {
    name: 'a content type of its own',
    statuses: [415],
    complaint: /^(?:Content-Type|The charset) must be/,
    apply: (draft, pick) =>
      setHeader(
        draft,
        'content-type',
        pick.one(['text/plain', 'application/xml', '', 'application/json; charset=utf-16']),
      ),
  },
  {
    name: 'a body that is compressed, or says so',
    statuses: [415],
    complaint: /^The body must not be compressed/,
    apply: (draft, pick) => setHeader(draft, 'content-encoding', pick.one(['gzip', 'br', 'x'])),
  },
  {
    name: 'an event in headers',
    statuses: [415],
    complaint: /^The event must come whole in the body/,
    apply: (draft) => draft.headers.push(['ce-specversion', '1.0'], ['ce-id', '1']),
  },
];

const readSubscription: readonly Badness[] = [
  {
    name: 'a subscription that is none',
    statuses: [400, 404],
    apply: ({ requestLine }, pick) => {
      const name = pick.one([
        'a/b',
        '..',
        's?x',
        'é',
        'x'.repeat(51),
        '$management',
        "'",
        '%00',
        '',
      ]);
      requestLine.path = `/api/subscriptions/${encodeAll(name)}/messages`;
    },
  },
  {
    name: 'a subscription whose name is none',
    statuses: [400],
    complaint: /^name must/,
    apply: ({ requestLine }, pick) => {
      const name = pick.one(['é', 'x'.repeat(51), "'", 'a b', '😀', '-a']);
      requestLine.path = `/api/subscriptions/${encodeAll(name)}/messages`;
    },
  },
  {
    name: 'a count that is none',
    statuses: [400],
    complaint: /^max must/,
    apply: ({ requestLine }, pick) => {
      const max = pick.one(['0', '101', '-1', '1e1', 'NaN', '', '1.5', '1000000000', '10;--']);
      requestLine.query.push(`max=${encodeAll(max)}`);
    },
  },
  {
    name: 'a flag that is none, or a topic of its own',
    statuses: [400],
    complaint: /^(?:deadLetter must|The query parameter)/,
    apply: ({ requestLine }, pick) => {
      const parameter = pick.one([
        'deadLetter=yes',
        'deadLetter=',
        'deadLetter=True',
        'topic=other',
      ]);
      requestLine.query.push(parameter);
    },
  },
  {
    name: 'the count twice',
    statuses: [400],
    complaint: /^max must not come twice/,
    apply: ({ requestLine }) => requestLine.query.push('max=1', 'max=1'),
  },
];

/** `subscription`: its name as deployed. */
export const messagingEndpoints = (subscription: string): readonly Endpoint[] => [
  {
    name: 'readSubscription',
    path: `/api/subscriptions/${subscription}/messages`,
    level: 'function',
    knownQuery: ['max', 'deadLetter'],
    own: readSubscription,
  },
  {
    name: 'publishEvent',
    path: '/api/events',
    level: 'function',
    knownQuery: ['to'],
    own: publishEvent,
    posted: { contentType: 'application/json', body: JSON.stringify(GOOD) },
  },
];

// What is bad as HTTP, whatever the endpoint.
import type { Badness } from './badness.ts';
import { removeHeader, setHeader } from './request-draft.ts';

/** What HTTP or the host refuse before any function is asked. */
export const protocolBadness: readonly Badness[] = [
  {
    name: 'another method',
    statuses: [400, 404],
    apply: ({ requestLine }, pick) => {
      requestLine.method = pick.one([
        requestLine.method === 'POST' ? 'GET' : 'POST',
        'PUT',
        'PATCH',
        'DELETE',
        'HEAD',
        'OPTIONS',
        'TRACE',
        'PROPFIND',
        'CONNECT',
        'get',
        'GETT',
        '',
        'G\u00e9T',
      ]);
    },
  },
  {
    name: 'a path that is no route',
    // 401: the admin API wants the master key before it says that there is nothing.
    statuses: [400, 401, 404],
    apply: ({ requestLine }, pick) => {
      const { path } = requestLine;
      requestLine.path = pick.one([
        `${path}%00`,
        `${path}/x`,
        `${path}/%2e%2e`,
        `${path}/..`,
        `${path}//`,
        `/${path}`,
        path.replace('/api/', '/api//'),
        path.replace('/api/', '/API%2f'),
        `${path}%2f`,
        path.replace('/api', ''),
        path.slice(1),
        '*',
        `${path}%`.replace('/secrets/demo', '/secret'),
        `/${'a'.repeat(1 + pick.below(20_000))}`,
        `/${'../'.repeat(1 + pick.below(2000))}etc/passwd`,
        '/api/constructor',
        '/api/__proto__',
        '/admin',
        '/admin/../x',
        '/runtime/webhooks/x',
      ]);
    },
  },
  {
    name: 'headers beyond 32 KB',
    statuses: [431],
    apply: (draft, pick) => {
      const length = 33_000 + pick.below(60_000);
      if (pick.onceIn(2)) draft.headers.push(['x-long', 'x'.repeat(length)]);
      else {
        for (let size = 0; size < length; size += 100) {
          draft.headers.push([`x-${size}`, 'x'.repeat(100)]);
        }
      }
    },
  },
  {
    name: 'a Content-Length that is none',
    statuses: [400],
    apply: (draft, pick) => {
      setHeader(
        draft,
        'content-length',
        pick.one(['-1', '1e3', '0x10', 'a', '1,2', '99999999999999999999', '1 1']),
      );
    },
  },
  {
    name: 'two Content-Lengths',
    statuses: [400],
    apply: (draft) => {
      draft.headers.push(['content-length', '3'], ['Content-Length', '5']);
      draft.body = 'abcde';
    },
  },
  {
    name: 'a Content-Length beyond the body',
    statuses: [400],
    apply: (draft, pick) => {
      setHeader(draft, 'content-length', String(10 + pick.below(1000)));
      draft.body = 'short';
      draft.endsEarly = true;
    },
  },
  {
    name: 'a Content-Length beyond the limit',
    // 400: an upgrade (see the noise) may have no body.
    statuses: [400, 413],
    apply: (draft, pick) => {
      setHeader(draft, 'content-length', String(104_857_601 + pick.below(2 ** 40)));
    },
  },
  {
    name: 'a bad Transfer-Encoding',
    statuses: [400],
    apply: (draft, pick) => {
      const [value, body] = pick.one([
        ['chunked, gzip', '0\r\n\r\n'],
        ['gzip', 'abc'],
        ['xchunked', '0\r\n\r\n'],
      ]);
      setHeader(draft, 'transfer-encoding', value);
      draft.body = body;
    },
  },
  {
    name: 'a Content-Length beside chunks',
    statuses: [400],
    apply: (draft) => {
      draft.headers.push(['Content-Length', '3'], ['Transfer-Encoding', 'chunked']);
      draft.body = '3\r\nabc\r\n0\r\n\r\n';
    },
  },
  {
    name: 'a header that is none',
    statuses: [400],
    apply: (draft, pick) => {
      const [name, value] = pick.one([
        ['x y', 'z'],
        ['x\u0000', 'z'],
        ['x', 'a\u0000b'],
        ['x', 'a\rb'],
        ['x', 'a\nb'],
        ['x\u00e9', 'z'],
        ['', 'z'],
        ['x ', 'z'],
        ['(x)', 'z'],
      ]);
      draft.headers.push([name, value]);
    },
  },
  {
    name: 'a Host that is none',
    statuses: [400],
    apply: (draft, pick) => {
      const bad = pick.one([
        'a b',
        'a/b',
        'user@x',
        'x:port',
        'x:1:2',
        '[::1',
        'é',
        'a?b',
        'a#b',
        ':80',
        '%41',
        'a\\b',
        '<b>',
      ]);
      const way = pick.one(['none', 'two', 'bad', 'bad']);
      if (way === 'bad') setHeader(draft, 'host', bad);
      else if (way === 'two') draft.headers.push(['host', 'evil.example']);
      else removeHeader(draft, 'host');
    },
  },
  {
    name: 'a request line that is none',
    statuses: [400, 505],
    apply: ({ requestLine }, pick) => {
      requestLine.version = pick.one([
        'HTTP/1.2',
        'HTTP/3.0',
        'HTTP/1.1 x',
        'HTTP/',
        'http/1.1',
        '',
        'HTTP/11',
      ]);
    },
  },
];

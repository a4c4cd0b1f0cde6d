import type { Pick } from './pick.ts';
import type { RequestDraft } from './request-draft.ts';

type Noise = (draft: RequestDraft, pick: Pick) => void;

/** Odd, and no reason for another answer. */
export const noise: readonly Noise[] = [
  (draft) => draft.headers.push(['x-long', 'x'.repeat(16 * 1024)]),
  (draft) => draft.headers.push(['x-identity-header', 'foreign'], ['metadata', 'true']),
  (draft) =>
    draft.headers.push(
      ['x-forwarded-for', '169.254.169.254'],
      ['x-forwarded-host', 'evil.example'],
    ),
  (draft) =>
    draft.headers.push(['x-original-url', '/admin/host/keys'], ['x-http-method-override', 'POST']),
  (draft, pick) =>
    draft.headers.push(['accept', pick.one(['*/*', 'application/xml', '', 'x'.repeat(300)])]),
  (draft, pick) =>
    draft.headers.push(['accept-encoding', pick.one(['gzip', 'br;q=1', '*', 'identity;q=0'])]),
  (draft, pick) => draft.headers.push(['range', pick.one(['bytes=0-1', 'bytes=-', 'x'])]),
  (draft, pick) =>
    draft.headers.push([
      'traceparent',
      pick.one(['00-x', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`, 'é']),
    ]),
  (draft, pick) => draft.headers.push(['cookie', pick.text('abc=;, ', pick.below(4000))]),
  (draft) => draft.headers.push(['expect', '100-continue']),
  (draft) => draft.headers.push(['x-latin', '\u00e9\u00ff\u0080']),
  (draft) => draft.headers.push(['__proto__', 'x'], ['constructor', 'x']),
  ({ requestLine }) => requestLine.query.push('', ''),
];

/** Odd as well, where there is no body that it could be said of. */
export const noiseWithoutBody: readonly Noise[] = [
  (draft, pick) =>
    draft.headers.push([
      'content-type',
      pick.one(['application/json', 'text/html; charset=\u00ff', ';', '///']),
    ]),
  (draft, pick) => draft.headers.push(['content-encoding', pick.one(['gzip', 'br', 'x', ''])]),
  (draft) => draft.headers.push(['upgrade', 'websocket'], ['connection', 'upgrade']),
];

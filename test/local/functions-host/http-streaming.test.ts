// The numbers are those of the behaviours that were measured with the real host (WebHost 4.1037, Node worker 3.9.1).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startHostProcess } from './host-process.ts';
import { send } from './raw-request.ts';

const host = await startHostProcess('stream-app');

describe('HTTP streaming', () => {
  it('carries a chunked body, which the plain mode drops', async () => {
    const answer = await send(host.baseUrl, '/api/echo/me', {
      method: 'POST',
      body: 'payload',
      chunked: true,
    });
    assert.equal(answer.json().body, 'payload');
  });

  it('streams the response', async () => {
    const response = await fetch(`${host.baseUrl}/api/chunks`);
    assert.equal(await response.text(), 'first second');
  });

  it('15: parameters hold query and JSON properties too, the route wins', async () => {
    const answer = await send(host.baseUrl, '/api/echo/me?q=1&q=2&code=key', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'other', n: 1, yes: true, list: [1], none: null, q: 'body' }),
    });
    assert.deepEqual(answer.json().params, { name: 'me', n: '1', yes: 'True', q: '2' });
    assert.deepEqual(answer.json().query, [
      ['q', '1'],
      ['q', '2'],
      ['code', 'key'],
    ]);
  });

  it('15: an escaped slash is escaped twice, cookies have no path, the invocation id is told', async () => {
    const answer = await send(host.baseUrl, '/api/echo/a%2Fb');
    assert.equal(answer.json().url, `${host.baseUrl}/api/echo/a%252Fb`);
    assert.deepEqual(answer.headers['set-cookie'], ['a=1']);
    assert.equal(answer.headers['x-ms-invocation-id'], answer.headers['x-invocation']);
  });

  it('14: a handler that throws leaves the request hanging', async () => {
    const request = fetch(`${host.baseUrl}/api/throws`, { signal: AbortSignal.timeout(300) });
    await assert.rejects(request, { name: 'TimeoutError' });
    await host.printed(/Executed 'Functions\.throws' \(Failed/);
  });
});

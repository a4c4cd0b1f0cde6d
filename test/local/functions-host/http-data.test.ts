// The numbers are those of the behaviours that were measured with the real host (WebHost 4.1037, Node worker 3.9.1).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startHostProcess } from './host-process.ts';
import { type RawRequest, send, sendBytes } from './raw-request.ts';

const host = await startHostProcess('http-app', {
  env: { FROM_SETTING: '0 0 * * * *', FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000' },
});
const echo = async (path: string, request?: RawRequest) =>
  (await send(host.baseUrl, path, request)).json();
const answer = (name: string) => send(host.baseUrl, `/api/answers/${name}`);

describe('what a function gets of a request', () => {
  it('10: the body, if it has a Content-Length', async () => {
    const sent = await echo('/api/plain', { method: 'POST', body: 'päyload' });
    assert.equal(sent.body, 'päyload');
    const chunked = await echo('/api/plain', { method: 'POST', body: 'payload', chunked: true });
    assert.equal(chunked.body, '');
  });

  it('10: no body of a GET', async () => {
    assert.equal((await echo('/api/plain', { body: 'payload' })).body, '');
  });

  it('11: repeated query values joined, names without case; the url as it was', async () => {
    const { query, url } = await echo('/api/plain?x=1&X=2&empty&y=a+b%20c');
    assert.deepEqual(query, { X: '1,2', empty: '', y: 'a b c' });
    assert.equal(url, `${host.baseUrl}/api/plain?x=1&X=2&empty&y=a+b%20c`);
  });

  it('11: header names in lower case, repeated ones joined', async () => {
    const { headers } = await echo('/api/plain', { headers: { 'X-Own': ['a', 'b'] } });
    assert.equal((headers as Record<string, string>)['x-own'], 'a,b');
  });

  it('an address that is decoded and written again', async () => {
    const { url } = await echo('/api/all/a%20b/%E4/../%2F');
    assert.equal(url, `${host.baseUrl}/api/all/a%20b/%2F`);
  });

  it('the trace that it belongs to', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const { traceParent } = await echo('/api/plain', { headers: { traceparent } });
    assert.match(String(traceParent), new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    assert.notEqual(traceParent, traceparent);
  });

  it('no retry context: an HTTP trigger has no retry policy', async () => {
    assert.equal((await echo('/api/plain')).hasRetryContext, false);
  });

  it('refuses a body over the limit before the function runs', async () => {
    const tooMuch = await send(host.baseUrl, '/api/plain', {
      method: 'POST',
      body: Buffer.alloc(1001),
    });
    assert.equal(tooMuch.status, 413);
    const enough = await send(host.baseUrl, '/api/plain', {
      method: 'POST',
      body: Buffer.alloc(1000),
    });
    assert.equal(enough.status, 200);
  });

  it('answers what is no HTTP with 400', async () => {
    for (const bytes of [
      'nonsense\r\n\r\n',
      'GET /api/plain HTTP/1.1\r\n\r\n',
      'GET /api/%00 HTTP/1.1\r\nHost: x\r\n\r\n',
      'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
      'POST /api/plain HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n',
    ]) {
      assert.match(await sendBytes(host.baseUrl, bytes), /^HTTP\/1\.1 400 /, bytes);
    }
  });
});

describe('what a client gets of a result', () => {
  it('status, headers and body as given', async () => {
    const text = await answer('text');
    assert.deepEqual([text.status, text.headers['x-own'], text.text], [201, 'yes', 'text']);
    const json = await answer('json');
    assert.deepEqual(json.json(), { answer: 42 });
    assert.equal(json.headers['content-type'], 'application/json');
    assert.deepEqual([...(await answer('bytes')).body], [0, 255, 1]);
    const notModified = await answer('notModified');
    assert.deepEqual([notModified.status, notModified.headers.etag], [304, '"1"']);
  });

  it('12: 500 without a body for an error, 204 for nothing, 500 for what is no response', async () => {
    for (const name of ['throws', 'throwsString', 'string']) {
      const { status, text } = await answer(name);
      assert.deepEqual([name, status, text], [name, 500, '']);
    }
    assert.equal((await answer('nothing')).status, 204);
    await host.printed('the function failed on purpose');
    await host.printed('a string was thrown');
  });

  it('12: an empty response is 200 with length 0', async () => {
    const { status, headers } = await answer('emptyObject');
    assert.deepEqual([status, headers['content-length']], [200, '0']);
  });

  it('13: a wrong Content-Length breaks the response', async () => {
    await assert.rejects(answer('tooLong'));
    await assert.rejects(answer('tooShort'));
  });

  it('13: cookies as ASP.NET writes them', async () => {
    assert.deepEqual((await answer('cookies')).headers['set-cookie'], [
      'a=x%20y; max-age=5; path=/; secure; samesite=strict; httponly',
      'b=it%27s; expires=Wed, 02 Jan 2030 03:04:05 GMT; domain=example.org; path=/b; samesite=none',
    ]);
  });
});

describe('the log', () => {
  it('says what runs, how it ends and how long it took', async () => {
    const { invocationId } = await echo('/api/plain?code=not-to-be-seen');
    await host.printed(
      `Executing 'Functions.plain' (Reason='This function was programmatically called via the host APIs.', Id=${invocationId})`,
    );
    await host.printed(
      new RegExp(
        `Executed 'Functions\\.plain' \\(Succeeded, Id=${invocationId}, Duration=\\d+ms\\)`,
      ),
    );
    assert.doesNotMatch(host.output(), /not-to-be-seen/);
    await answer('throws');
    await host.printed(
      /Executed 'Functions\.answer-throws' \(Failed, Id=[0-9a-f-]{36}, Duration=\d+ms\)/,
    );
  });

  it("shows the function's own lines from information up", async () => {
    await answer('logs');
    for (const level of ['information', 'warning', 'error']) await host.printed(`at ${level}`);
    assert.doesNotMatch(host.output(), /at (trace|debug)/);
  });
});

describe('hooks', () => {
  it('change the inputs, the function, the result and the error', async () => {
    assert.deepEqual((await send(host.baseUrl, '/api/hooked')).json(), {
      replaced: true,
      before: 'hooked',
      readOnly: "Cannot assign to read only property 'hookData'",
    });
    assert.equal((await send(host.baseUrl, '/api/rescued')).text, 'rescued from: on purpose');
  });

  it('register functions at start, and nothing can be registered later', async () => {
    const registered = await send(host.baseUrl, '/api/registeredByHook');
    assert.equal(registered.text, 'from the appStart hook');
    assert.deepEqual((await send(host.baseUrl, '/api/logged')).json(), {
      late: 'A function can only be registered during app startup.',
      setup: "Setup options can't be changed after app startup has finished.",
    });
  });

  it('change log lines', async () => {
    await send(host.baseUrl, '/api/logged');
    await host.printed('changed by the hook (user)');
    assert.doesNotMatch(host.output(), /change me/);
  });
});

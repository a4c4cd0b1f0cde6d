// The numbers are those of the behaviours that were measured with the real host (WebHost 4.1037, Node worker 3.9.1).
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, it } from 'node:test';
import { fixture, startHostProcess } from './host-process.ts';
import { send } from './raw-request.ts';

const env = { FROM_SETTING: '0 0 * * * *' };

describe('the start', () => {
  it('loads a CommonJS app, without a prefix, in its own folder', async () => {
    const host = await startHostProcess('cjs-app');
    const { port } = new URL(host.baseUrl);
    const answer = await send(host.baseUrl, '/hello/world');
    assert.deepEqual(answer.json(), {
      name: 'world',
      environment: 'Development',
      scriptRoot: fixture('cjs-app'),
      hostname: `localhost:${port}`,
    });
    assert.equal((await send(host.baseUrl, '/api/hello/world')).status, 404);
    await host.printed(`at trace, in ${fixture('cjs-app')}`);
    assert.doesNotMatch(host.output(), /Executing/, 'host.json lets only warnings through');
  });

  it('24: an app that throws while it loads ends the host, with the error', async () => {
    await assert.rejects(
      startHostProcess('broken-app'),
      /Worker was unable to load entry point "index\.js": the app breaks while it loads/,
    );
  });

  it('3: a route with a leading slash ends the host', async () => {
    await assert.rejects(
      startHostProcess('leading-slash-app'),
      /The route 'api\/\/x' of the function 'slashed' stops the host/,
    );
  });

  it('names a taken port, and the app is not loaded', async () => {
    const blocker = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as net.AddressInfo;
    await assert.rejects(
      startHostProcess('broken-app', { args: ['--port', String(port)] }),
      new RegExp(`^Error: Port ${port} is unavailable\\. Close the process using that port`),
    );
    blocker.close();
  });

  it('names a wrong argument, a missing app and a bad setting', async () => {
    await assert.rejects(startHostProcess('cjs-app', { args: ['--port', 'x'] }), /--port must be/);
    await assert.rejects(startHostProcess('no-such-app'), /no-such-app/);
    await assert.rejects(
      startHostProcess('cjs-app', { env: { AzureWebJobsStorage__blobServiceUri: 'nowhere' } }),
      /AzureWebJobsStorage__blobServiceUri is no address: 'nowhere'/,
    );
  });
});

describe('the end', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`25: ${signal} closes the port, lets running requests finish, then runs the hooks`, async () => {
      const host = await startHostProcess('http-app', { env });
      const slow = send(host.baseUrl, '/api/slow');
      await host.printed('slow has begun');
      host.process.kill(signal);
      await untilRefused(host.baseUrl);
      assert.doesNotMatch(host.output(), /appTerminate/);
      host.process.kill('SIGUSR2');
      assert.equal((await slow).text, 'slow has ended');
      assert.equal(await host.exited, 0);
      assert.match(host.output(), /appTerminate hook has run, startedAt 1/);
    });
  }

  it('comes within a second when idle, also by the end of the parent, and on a kept-alive connection', async () => {
    const host = await startHostProcess('http-app', { env });
    const kept = await fetch(`${host.baseUrl}/api/plain`);
    await kept.text();
    const startedMs = performance.now();
    host.process.disconnect();
    assert.equal(await host.exited, 0);
    assert.ok(performance.now() - startedMs < 1000);
  });

  it('comes within a second when identity endpoint and storage are silent', async () => {
    const silent = net.createServer().listen(0, '127.0.0.1');
    const called = new Promise((resolve) => silent.once('connection', resolve));
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = `http://127.0.0.1:${(silent.address() as net.AddressInfo).port}`;
    const host = await startHostProcess('timer-app', {
      env: {
        WATCHED_SCHEDULE: '0 0 * * * *',
        AzureWebJobsStorage__blobServiceUri: address.replace('http', 'https'),
        AzureWebJobsStorage__credential: 'managedidentity',
        IDENTITY_ENDPOINT: address,
        IDENTITY_HEADER: 'header',
      },
    });
    await called;
    const startedMs = performance.now();
    host.process.kill('SIGINT');
    assert.equal(await host.exited, 0);
    assert.ok(performance.now() - startedMs < 1000);
    silent.close();
  });

  it("24: a function beyond the time limit ends the process, because the worker can't be restarted alone", async () => {
    const host = await startHostProcess('cjs-app');
    const answer = await send(host.baseUrl, '/forever').catch((error: Error) => error);
    assert.ok(answer instanceof Error || answer.status === 500);
    assert.equal(await host.exited, 1);
    await host.printed(/Timeout value of 00:00:01 exceeded by function 'Functions\.forever'/);
  });
});

async function untilRefused(baseUrl: string): Promise<void> {
  for (;;) {
    try {
      await send(baseUrl, '/admin/host/ping');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return;
    }
  }
}

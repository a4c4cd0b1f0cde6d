import assert from 'node:assert/strict';
import type http from 'node:http';
import https from 'node:https';
import { after, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../../../local/azure/clock.ts';
import { createCertificates } from '../../../../local/azure/create-certificates.ts';
import type { Fault, FaultOrder } from '../../../../local/azure/faults/fault.ts';
import { FaultPlan } from '../../../../local/azure/faults/fault-plan.ts';
import { createFaultyListener } from '../../../../local/azure/faults/faulty-listener.ts';
import { startServer } from '../../../../local/azure/http/server.ts';
import { Journal } from '../../../../local/azure/journal.ts';

const WHOLE = 'x'.repeat(1000);
const journal = new Journal(systemClock);
const plan = new FaultPlan(journal);
let handled = 0;
const { certificate, leafKey, leafCertificate } = await createCertificates(
  ['localhost'],
  new Date(Date.now() + 3600_000),
);
const server = await startServer(
  createFaultyListener('key-vault', plan, (request, response) => {
    request.resume();
    request.once('end', () => {
      handled += 1;
      response.writeHead(200, { 'content-type': 'text/plain' }).end(WHOLE);
    });
  }),
  { tls: { key: leafKey, cert: leafCertificate + certificate } },
);
after(() => server.stop());
beforeEach(() => {
  plan.clear();
  handled = 0;
});

const arm = (fault: Fault, more: Partial<FaultOrder> = {}) =>
  plan.arm({ door: 'key-vault', fault, ...more });

interface Seen {
  readonly status?: number;
  readonly body: string;
  /** How the exchange ended: `end`, an error code, or `silence` after 150 ms without a byte. */
  readonly end: string;
  readonly headers?: http.IncomingHttpHeaders;
}

function call(body = ''): Promise<Seen> {
  return new Promise((resolve) => {
    let seen: Seen = { body: '', end: '' };
    const request = https.request(
      {
        port: server.port,
        host: '127.0.0.1',
        ca: certificate,
        method: 'PUT',
        path: '/secrets/a',
        agent: false,
      },
      (response) => {
        seen = { ...seen, status: response.statusCode ?? 0, headers: response.headers };
        response.setEncoding('latin1');
        response.on('data', (text: string) => {
          seen = { ...seen, body: seen.body + text };
        });
        response.on('end', () => resolve({ ...seen, end: response.complete ? 'end' : 'cut' }));
        response.on('error', (error: NodeJS.ErrnoException) =>
          resolve({ ...seen, end: error.code ?? error.message }),
        );
      },
    );
    request.setTimeout(150, () => {
      resolve({ ...seen, end: 'silence' });
      request.destroy();
    });
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ ...seen, end: error.code ?? error.message }),
    );
    request.end(body);
  });
}

describe('a door without a fault', () => {
  it('answers', async () => {
    assert.deepEqual(
      { ...(await call('1234')), headers: {} },
      {
        status: 200,
        body: WHOLE,
        end: 'end',
        headers: {},
      },
    );
  });
});

describe('the cuts of the http-fault-injector', () => {
  const cases: { fault: Fault; handled: number; body: number; end: RegExp }[] = [
    {
      fault: { kind: 'cutRequest', atPercent: 0, afterwards: 'silence' },
      handled: 0,
      body: 0,
      end: /silence/,
    },
    {
      fault: { kind: 'cutRequest', atPercent: 0, afterwards: 'fin' },
      handled: 0,
      body: 0,
      end: /ECONNRESET/,
    },
    {
      fault: { kind: 'cutRequest', atPercent: 0, afterwards: 'rst' },
      handled: 0,
      body: 0,
      end: /ECONNRESET/,
    },
    {
      fault: { kind: 'cutRequest', atPercent: 50, afterwards: 'silence' },
      handled: 0,
      body: 0,
      end: /silence/,
    },
    {
      fault: { kind: 'cutRequest', atPercent: 50, afterwards: 'fin' },
      handled: 0,
      body: 0,
      end: /ECONNRESET|EPIPE/,
    },
    {
      fault: { kind: 'cutRequest', atPercent: 50, afterwards: 'rst' },
      handled: 0,
      body: 0,
      end: /ECONNRESET|EPIPE/,
    },
    {
      fault: { kind: 'cutResponse', atPercent: 0, afterwards: 'silence' },
      handled: 1,
      body: 0,
      end: /silence/,
    },
    {
      fault: { kind: 'cutResponse', atPercent: 0, afterwards: 'fin' },
      handled: 1,
      body: 0,
      end: /ECONNRESET/,
    },
    {
      fault: { kind: 'cutResponse', atPercent: 0, afterwards: 'rst' },
      handled: 1,
      body: 0,
      end: /ECONNRESET/,
    },
    {
      fault: { kind: 'cutResponse', atPercent: 50, afterwards: 'silence' },
      handled: 1,
      body: 500,
      end: /silence/,
    },
    {
      fault: { kind: 'cutResponse', atPercent: 50, afterwards: 'fin' },
      handled: 1,
      body: 500,
      end: /ECONNRESET|cut/,
    },
    {
      fault: { kind: 'cutResponse', atPercent: 50, afterwards: 'rst' },
      handled: 1,
      body: 500,
      end: /ECONNRESET|cut/,
    },
    {
      fault: { kind: 'cutResponse', atPercent: 50, afterwards: 'end' },
      handled: 1,
      body: 500,
      end: /^end$/,
    },
  ];
  for (const { fault, handled: expected, body, end } of cases) {
    it(`${JSON.stringify(fault)}: ${expected ? 'took effect' : 'had no effect'}`, async () => {
      arm(fault);
      const seen = await call('y'.repeat(2000));
      assert.match(seen.end, end);
      assert.equal(seen.body.length, body);
      assert.equal(handled, expected);
      assert.equal((await call()).end, 'end', 'the next call is served');
    });
  }
});

describe('the other faults', () => {
  it('answer a status in the door’s form, with Retry-After, without doing it', async () => {
    arm({ kind: 'status', status: 429, retryAfter: '7' });
    const seen = await call();
    assert.equal(seen.status, 429);
    assert.equal(seen.headers?.['retry-after'], '7');
    assert.equal(JSON.parse(seen.body).error.code, 'TooManyRequests');
    assert.equal(handled, 0);
  });

  for (const status of [200, 302, 400, 404, 409, 410, 412, 418, 500, 502, 504, 599]) {
    it(`answer ${status} with and without Retry-After, as a date too, and with a body of the order's own`, async () => {
      const date = 'Wed, 25 Nov 2026 12:00:00 GMT';
      for (const [more, retryAfter] of [
        [{}, undefined],
        [{ retryAfter: date }, date],
        [{ retryAfter: '0', body: 'own' }, '0'],
      ] as const) {
        arm({ kind: 'status', status, ...more });
        const seen = await call();
        assert.equal(seen.status, status);
        assert.equal(seen.headers?.['retry-after'], retryAfter);
        if ('body' in more) assert.equal(seen.body, 'own');
        assert.equal(seen.end, 'end');
      }
      assert.equal(handled, 0);
    });
  }

  it('are slow: done, and answered whole, so much later', async () => {
    arm({ kind: 'slow', delayMs: 100 });
    const startedMs = performance.now();
    const { body, end } = await call();
    assert.ok(performance.now() - startedMs >= 99);
    assert.deepEqual([body, end, handled], [WHOLE, 'end', 1]);
  });

  it('hang without doing it', async () => {
    arm({ kind: 'hang' });
    assert.equal((await call()).end, 'silence');
    assert.equal(handled, 0);
  });

  it('answer other bytes after doing it', async () => {
    arm({ kind: 'wrongBody', body: '<html>' });
    assert.equal((await call()).body, '<html>');
    assert.equal(handled, 1);
  });
});

describe('a fault’s order', () => {
  const outcomes = async (calls: number) => {
    const seen: (number | undefined)[] = [];
    for (let index = 0; index < calls; index++) seen.push((await call()).status);
    return seen;
  };

  it('hits the nth call and as many as it says', async () => {
    arm({ kind: 'status', status: 503 }, { nth: 2, times: 2 });
    assert.deepEqual(await outcomes(5), [200, 503, 503, 200, 200]);
  });

  it('hits the operation that it names and no other', async () => {
    arm({ kind: 'status', status: 503 }, { operation: 'GET /secrets/*', times: 'always' });
    assert.deepEqual(await outcomes(2), [200, 200]);
    arm({ kind: 'status', status: 503 }, { operation: 'PUT /secrets/*', times: 'always' });
    assert.deepEqual(await outcomes(2), [503, 503]);
  });

  it('counts the calls that fit, and no others', () => {
    const fault = { kind: 'hang' } as const;
    arm(fault, { operation: 'GET /secrets/*', nth: 2 });
    const taken = (
      [
        ['key-vault', 'GET /secrets/a'],
        ['blob', 'GET /secrets/a'],
        ['key-vault', 'GET /keys/a'],
        ['key-vault', 'PUT /secrets/a'],
        ['key-vault', 'get /SECRETS/a?b'],
        ['key-vault', 'GET /secrets/a'],
      ] as const
    ).map(([door, operation]) => plan.take(door, operation));
    assert.deepEqual(taken, [undefined, undefined, undefined, undefined, fault, undefined]);
  });

  it('hits the same calls for the same seed', async () => {
    const draw = async (seed: number) => {
      plan.clear();
      arm({ kind: 'status', status: 503 }, { share: 0.5, seed });
      return outcomes(20);
    };
    const first = await draw(7);
    assert.deepEqual(await draw(7), first);
    assert.notDeepEqual(await draw(8), first);
    assert.ok(first.includes(200) && first.includes(503));
  });

  it('is in the journal when it was taken, and only then', async () => {
    const since = journal.position;
    arm({ kind: 'status', status: 503 }, { nth: 2 });
    await call();
    assert.equal(journal.since(since).length, 0);
    await call();
    assert.deepEqual(
      journal.since(since).map((entry) => entry.kind === 'fault' && [entry.operation, entry.fault]),
      [['PUT /secrets/a', 'status']],
    );
  });
});

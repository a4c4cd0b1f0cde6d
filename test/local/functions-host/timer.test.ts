// The numbers are those of the behaviours that were measured with the real host (WebHost 4.1037, Node worker 3.9.1).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startHostProcess } from './host-process.ts';
import { send } from './raw-request.ts';

describe('timers without host storage', () => {
  it('run on schedule and at start, without a status; 20: with their retry policy', async () => {
    const host = await startHostProcess('timer-app', {
      env: { WATCHED_SCHEDULE: '0 0 0 1 * *', AzureWebJobs_off_Disabled: 'true' },
    });
    await host.printed(/No host storage is set \(AzureWebJobsStorage__blobServiceUri\)/);
    await host.printed(/atStart ran with .*"scheduleStatus":null,"isPastDue":false/);
    await host.printed('Trigger Details: UnscheduledInvocationReason: RunOnStartup');
    await host.printed(/Executing 'Functions\.ticking' \(Reason='Timer fired at \d{4}-.*\+00:00', Id=/);
    await host.printed(/ticking ran with/);
    assert.doesNotMatch(host.output(), /(watched|constant|off) ran with/);

    await send(host.baseUrl, '/admin/functions/retried', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await host.printed(/attempt 3: /);
    const attempts = [...host.output().matchAll(/attempt \d: (.*)/g)].map(([, json = '']) =>
      JSON.parse(json),
    );
    assert.equal(new Set(attempts.map(([id]) => id)).size, 3, 'each has an id of its own');
    assert.deepEqual(
      attempts.map(([, count, max]) => [count, max]),
      [
        [0, 2],
        [1, 2],
        [2, 2],
      ],
    );
    const [, , , first] = attempts[0];
    const [, , , second] = attempts[1];
    assert.equal(first, 'none');
    assert.match(
      second,
      /^Microsoft\.Azure\.WebJobs\.Host\.FunctionInvocationException : Exception while executing function: Functions\.retried ---> /,
    );
    assert.match(second, /failed at attempt 1/);
    await send(host.baseUrl, '/admin/functions/constant', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await host.printed(/constant ran with \{"schedule":\{"adjustForDST":false\}/);
    await host.stop();
  });
});

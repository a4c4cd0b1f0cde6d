// The numbers are those of the behaviours that were measured with the real host (WebHost 4.1037, Node worker 3.9.1).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startHostProcess } from './host-process.ts';
import { send } from './raw-request.ts';

const host = await startHostProcess('http-app', { env: { FROM_SETTING: '0 0 * * * *' } });
const get = (path: string) => send(host.baseUrl, path);
const paramsOf = async (path: string) => (await get(path)).json().params;

describe('routes of HTTP functions', () => {
  it('1: the first match by function name wins, not the best fit', async () => {
    assert.equal((await get('/api/things/special')).json().function, 'general');
  });

  it('2: functions share a route by method, and a wrong method is 404', async () => {
    const call = (method: string) => send(host.baseUrl, '/api/items/7', { method });
    assert.equal((await call('GET')).json().function, 'readItem');
    assert.equal((await call('PUT')).json().function, 'writeItem');
    for (const method of ['DELETE', 'HEAD', 'OPTIONS', 'PATCH']) {
      assert.equal((await call(method)).status, 404, method);
    }
    assert.equal((await send(host.baseUrl, '/api/plain', { method: 'POST' })).status, 200);
    assert.equal((await send(host.baseUrl, '/api/plain', { method: 'PUT' })).status, 404);
  });

  it('3: the same route with a common method puts the later name in error, the rest runs', async () => {
    const call = (method: string) => send(host.baseUrl, '/api/same/1', { method });
    assert.equal((await call('POST')).json().function, 'first');
    assert.equal((await call('PUT')).status, 404);
    assert.equal((await call('DELETE')).json().function, 'third');
    await host.printed(
      "The 'second' function is in error: The route specified conflicts with the route defined by function 'first'.",
    );
  });

  it('3: a route that begins like a built-in one is in error', async () => {
    assert.equal((await get('/api/administrators')).status, 404);
    await host.printed(
      "The 'hidden' function is in error: The specified route conflicts with one or more built in routes.",
    );
  });

  it('4: literals match without case, a trailing slash is ignored, an empty segment is not', async () => {
    assert.equal((await get('/API/Things/x/')).status, 200);
    assert.equal((await get('/api//things/x')).status, 404);
    assert.equal((await get('/api/optional//')).status, 404);
  });

  it('4: a failed constraint is 404', async () => {
    assert.deepEqual(await paramsOf('/api/items/+7'), { id: '+7' });
    for (const id of ['99999999999', 'x', '1.5', '']) {
      assert.equal((await get(`/api/items/${id}`)).status, 404, id);
    }
  });

  it('4: parameters are decoded except an escaped slash, and invalid escapes stay', async () => {
    assert.deepEqual(await paramsOf('/api/things/a%20b%2Fc+d%E4'), { thing: 'a b%2Fc+d%E4' });
    assert.deepEqual(await paramsOf('/api/things/%C3%A4'), { thing: 'ä' });
  });

  it('4: a segment of several parts splits at the last possible place', async () => {
    assert.deepEqual(await paramsOf('/api/files/x.y.z'), { file: 'x.y', ext: 'z' });
    assert.equal((await get('/api/files/xyz')).status, 404);
  });

  it('4: absent optional and catch-all parameters are missing, a default is there', async () => {
    assert.deepEqual(await paramsOf('/api/optional'), {});
    assert.deepEqual(await paramsOf('/api/optional/x'), { name: 'x' });
    assert.deepEqual(await paramsOf('/api/all'), {});
    assert.deepEqual(await paramsOf('/api/all/a/b'), { path: 'a/b' });
    assert.deepEqual(await paramsOf('/api/default'), { x: '42' });
    assert.deepEqual(await paramsOf('/api/default/1'), { x: '1' });
  });

  it('5: a setting in a route is not resolved, in a schedule it is', async () => {
    assert.equal((await get('/api/percent/%25SOME_SETTING%25')).json().function, 'percent');
    const timer = host.functions.find(({ name }) => name === 'fromSetting');
    assert.equal(timer?.schedule, '0 0 * * * *');
  });

  it('5: a missing setting or a bad schedule puts only that function in error', async () => {
    await host.printed(
      "The 'missingSetting' function is in error: '%NO_SUCH_SETTING%' does not resolve to a value.",
    );
    await host.printed(/'badSchedule' function is in error: The schedule expression '@daily'/);
    assert.equal((await get('/api/plain')).status, 200);
  });

  it('names every function that it does not serve, and why', async () => {
    await host.printed(/'onMessage' function is in error: .*'serviceBusTrigger'.*extensionBundle/);
    await host.printed(/'onEvent' function is in error: .*'eventHubTrigger'/);
    await host.printed(/'sends' function is in error: The output binding type 'queue'/);
    await host.printed("'bad name' is not a valid function name.");
    assert.equal((await get('/api/sends')).status, 404);
  });

  it('6: the prefix alone is 404, and the root is a page', async () => {
    assert.equal((await get('/api')).status, 404);
    const home = await get('/');
    assert.equal(home.status, 200);
    assert.match(home.headers['content-type'] ?? '', /^text\/html/);
  });

  it('8: a disabled function is 404; a double underscore disables nothing', async () => {
    const other = await startHostProcess('http-app', {
      env: {
        AzureWebJobs_disabledOne_Disabled: 'true',
        AzureWebJobs__disabledDoubly__Disabled: 'true',
        AzureWebJobsDisableHomepage: 'true',
        FROM_SETTING: '0 0 * * * *',
      },
    });
    assert.equal((await send(other.baseUrl, '/api/disabled/one')).status, 404);
    assert.equal((await send(other.baseUrl, '/api/disabled/doubly')).status, 200);
    assert.equal((await send(other.baseUrl, '/')).status, 204, '6: the page is switched off');
    assert.equal((await get('/api/disabled/one')).status, 200);
  });

  it('tells which functions there are', () => {
    assert.deepEqual(
      host.functions.find(({ name }) => name === 'functionLevel'),
      {
        name: 'functionLevel',
        trigger: 'httpTrigger',
        methods: ['GET', 'POST'],
        route: 'api/levels/function',
        authLevel: 'function',
      },
    );
    assert.match(
      host.output(),
      /\treadItem: \[GET\] http:\/\/127\.0\.0\.1:\d+\/api\/items\/\{id:int\}/,
    );
    assert.match(host.output(), /\teveryMonth: timerTrigger/);
  });
});

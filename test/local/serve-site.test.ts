import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseServedSite, serveSite } from '../../local/serve-site.ts';
import { parseStartOptions } from '../../local/start-options.ts';
import { useLocalAzure } from '../support/local-azure.ts';
import { ask, deploySite, startProgram } from './azure/app-service/protected-site.ts';

const azure = await useLocalAzure();

describe('--serve', () => {
  it('names a site and a program of this machine', () => {
    const options = parseStartOptions(
      ['--serve', 'func-a=http://localhost:5000', '--serve=app/slot=http://127.0.0.1:80/'],
      { template: 't.json' },
    );
    assert.deepEqual(options.serve, [
      { name: 'func-a', address: 'http://localhost:5000' },
      { name: 'app/slot', address: 'http://127.0.0.1' },
    ]);
  });

  it('is refused for anything else: a token must not go to another machine', () => {
    for (const text of [
      'func-a',
      'func-a=',
      '=http://localhost:1',
      'func-a=https://localhost:5000',
      'func-a=http://10.0.0.1:5000',
      'func-a=http://localhost.evil.example:5000',
      'func-a=http://localhost:5000/api',
    ]) {
      assert.throws(() => parseServedSite(text), /--serve must be SITE=http:\/\/localhost:PORT/);
    }
  });

  it('puts the program behind the name of the site', async () => {
    const { address } = await startProgram();
    await deploySite(azure, 'func-a');
    for (const each of [address, address.replace('127.0.0.1', 'localhost')]) {
      const said = serveSite(azure, { name: 'FUNC-A', address: each });
      assert.equal(said, `https://func-a.azurewebsites.net is served by ${each}`);
      assert.equal((await ask('func-a', '/x')).seen().url, '/x');
    }
  });

  it('says which sites there are', () => {
    assert.throws(
      () => serveSite(azure, { name: 'func-b', address: 'http://127.0.0.1:1' }),
      /No site is called 'func-b'. There are: func-a\./,
    );
  });
});

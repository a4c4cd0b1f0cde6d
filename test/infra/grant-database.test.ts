// `npm run grant-database` as a person or azd runs it, as far as it comes without a server; on one it is run by
// test/end-to-end/database-grants.test.ts.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';

const command = join(import.meta.dirname, '../../infra/grant-database.ts');
const folder = mkdtempSync(join(tmpdir(), 'grant-database-'));
after(() => rmSync(folder, { recursive: true }));

const deployed = {
  SQL_SERVER: 'sql-abc.database.windows.net',
  SQL_DATABASE: 'inventory',
  DATABASE_USER: 'id-abc',
  DATABASE_USER_SID: '0x67452301AB89EFCD0123456789ABCDEF',
  DATABASE_GRANTED: 'false',
};

async function run(environment: Readonly<Record<string, string>>, args: readonly string[] = []) {
  // No PATH: neither az nor azd is found, and so nobody is signed in.
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...environment, PATH: '', HOME: folder },
  });
  const ended = once(child, 'close');
  const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return { code, output, complaint };
}

describe('npm run grant-database', () => {
  it('has nothing to do where the deployment has done it, or where there is no database', async () => {
    for (const more of [{ DATABASE_GRANTED: 'true' }, { SQL_SERVER: '' }]) {
      const { code, output, complaint } = await run({ ...deployed, ...more });
      assert.equal(code, 0, complaint);
      assert.match(output, /nothing to do\.$/m);
    }
  });

  it('reads the outputs as az writes them', async () => {
    const file = join(folder, 'outputs.json');
    const outputs = Object.entries({ ...deployed, DATABASE_GRANTED: true }).map(
      ([name, value]) => [name, { type: 'String', value }] as const,
    );
    writeFileSync(file, JSON.stringify(Object.fromEntries(outputs)));
    const { code, output } = await run({}, [file]);
    assert.equal(code, 0);
    assert.match(output, /The deployment has made the tables and the user itself/);
  });

  it('says in one line what it lacks', async () => {
    const cases: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
      [{}, /^SQL_SERVER and SQL_DATABASE are not set: .*\n$/],
      [
        { ...deployed, DATABASE_USER: 'x] WITH PASSWORD' },
        /^'x\] .*' is no name of an identity\.\n$/,
      ],
      [
        { ...deployed, DATABASE_USER_SID: '0x00; DROP' },
        /^'0x00; DROP' is no SID of an identity\.\n$/,
      ],
    ];
    for (const [environment, complaint] of cases) {
      const answer = await run(environment);
      assert.equal(answer.code, 1);
      assert.match(answer.complaint, complaint);
      assert.equal(answer.output, '');
    }
  });
});

// App Service's identity endpoint under the rows that concern it alone. The cuts: wire-faults.test.ts.
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, it } from 'node:test';
import { machineIdOf } from './deploy-cases.ts';
import { openFaultLab } from './fault-lab.ts';
import { describeIdentityRows, IDENTITY_ROW_CASES } from './identity-rows.ts';

const lab = await openFaultLab(IDENTITY_ROW_CASES + 3);
const { azure } = lab;
const siteId = machineIdOf('function app');

describeIdentityRows(lab, 'app-service-identity');

describe('the identity endpoint', () => {
  it('Row 9: whose answer names the resource with another slash is asked once', async () => {
    const app = lab.app();
    const { principalId } = app.fault;
    const principal = azure.directory.find(principalId);
    assert.ok(principal);
    const token = await azure.tokens.issue(principal, 'https://vault.azure.net');
    const answered = lab.arm(app, 'app-service-identity', {
      kind: 'wrongBody',
      body: JSON.stringify({
        access_token: token.accessToken,
        expires_on: String(token.expiresOn),
        resource: 'https://vault.azure.net/',
        token_type: 'Bearer',
        client_id: app.fault.clientId,
      }),
    });
    for (let call = 0; call < 5; call++) await app.works('readSecret');
    assert.equal(answered.hits(), 1);
    await app.keptItsPromises();
  });

  it('Row 6: that rotates its header while the app runs gives the next token', async () => {
    const app = lab.app();
    await app.works('readSecret');
    azure.rotateIdentityHeader(siteId);
    Object.assign(process.env, azure.identityEnvironmentOf(siteId));
    await app.scanFinishes();
    assert.equal(lab.tokensGiven(app), 3, 'one for each audience');
    await app.keptItsPromises();
  });

  it('Row 6: that moves while the app runs is found at its new address', async (t) => {
    const app = lab.app();
    await app.works('readSecret');
    const relay = net.createServer((socket) => {
      const upstream = net.connect(azure.ports['app-service-identity'] ?? 0, '127.0.0.1');
      socket.on('error', () => upstream.destroy()).pipe(upstream);
      upstream.on('error', () => socket.destroy()).pipe(socket);
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    t.after(() => relay.close());
    const { port } = relay.address() as net.AddressInfo;
    const before = process.env.IDENTITY_ENDPOINT ?? '';
    process.env.IDENTITY_ENDPOINT = before.replace(/:\d+/, `:${port}`);
    t.after(() => Object.assign(process.env, { IDENTITY_ENDPOINT: before }));
    let connections = 0;
    relay.on('connection', () => connections++);
    await app.scanFinishes();
    assert.ok(connections > 0);
    assert.equal(lab.tokensGiven(app), 3);
    await app.keptItsPromises();
  });
});

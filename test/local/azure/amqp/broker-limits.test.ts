// What a broker does against clients that hold on to it: times and numbers are small here, the service's otherwise.
import assert from 'node:assert/strict';
import net from 'node:net';
import { duplexPair } from 'node:stream';
import { describe, it } from 'node:test';
import { Broker } from '../../../../local/azure/amqp/broker.ts';
import type { BrokerLimits } from '../../../../local/azure/amqp/broker-limits.ts';
import { RefusalPacer } from '../../../../local/azure/amqp/refusal-pacer.ts';
import { HOST, hubId, OWNER, useEventHub } from '../event-hubs/use-event-hub.ts';
import { connectRaw } from './raw-client.ts';

const { azure, identityWith } = await useEventHub();
const owner = identityWith([OWNER, hubId('hub')]);

describe('connections without a valid token', () => {
  it('1,000 of them are bounded, and a client is served among them', async (t) => {
    const idle: net.Socket[] = [];
    t.after(() => {
      for (const socket of idle) socket.destroy();
    });
    const before = process.memoryUsage().rss;
    for (let index = 0; index < 1000; index++) {
      const socket = net.connect({ host: '127.0.0.1', port: azure.ports.messaging ?? 0 });
      socket.on('error', () => {});
      idle.push(socket);
      if (index % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const client = await connectRaw(azure, HOST);
    const { accessToken } = await azure.tokens.issue(
      owner.principal,
      'https://eventhubs.azure.net',
    );
    assert.equal((await client.putToken(`sb://${HOST}/hub`, accessToken)).status, 202);
    assert.equal((await client.sendTo('hub')).condition, undefined);
    client.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const open = idle.filter((socket) => !socket.destroyed && socket.readyState === 'open');
    assert.ok(open.length <= 500, `${open.length} are still open`);
    assert.ok(process.memoryUsage().rss - before < 100 * 1024 ** 2);
  });
});

/** A broker of its own on streams in memory. */
function createBroker(t: { after(step: () => void): void }, limits: Partial<BrokerLimits>) {
  const { clock, journal, tokens, access, messaging } = azure;
  const { namespaces } = messaging;
  const broker = new Broker({ clock, journal, tokens, access, namespaces, limits });
  t.after(() => broker.stop());
  return {
    broker,
    connect() {
      const [ours, theirs] = duplexPair();
      broker.serve(theirs);
      return {
        stream: ours,
        ended: new Promise<void>((resolve) => theirs.once('close', () => resolve())),
      };
    },
  };
}

describe('the broker', () => {
  it('drops a connection that shows no token in time', async (t) => {
    const { broker, connect } = createBroker(t, { tokenDeadlineMs: 100 });
    const { stream, ended } = connect();
    stream.resume();
    await ended;
    assert.equal(broker.connectionCount, 0);
  });

  it('drops the oldest without a token when there are too many', async (t) => {
    const { broker, connect } = createBroker(t, { maxUnprovenConnections: 2 });
    const [first] = [connect(), connect(), connect()];
    await first?.ended;
    assert.equal(broker.connectionCount, 2);
  });
});

describe('links that do nothing', () => {
  it('are detached after the idle time, in the words of the service', async (t) => {
    const { connect } = createBroker(t, { idleSenderMs: 100 });
    const client = await connectRaw(azure, HOST, connect().stream);
    const { accessToken } = await azure.tokens.issue(
      owner.principal,
      'https://eventhubs.azure.net',
    );
    await client.putToken(`sb://${HOST}/hub`, accessToken);
    const { condition, description } = await client.sendTo('hub', 5000);
    assert.equal(condition, 'amqp:link:detach-forced');
    assert.match(
      description ?? '',
      /is force detached by the broker because of errors occurred in publisher\(link\d+\)\. Detach origin: AmqpMessagePublisher\.IdleTimerExpired: Idle timeout: 00:00:00\./,
    );
  });

  it('end a connection that has none but those of $cbs', async (t) => {
    const { connect } = createBroker(t, { withoutFirstLinkMs: 100 });
    const client = await connectRaw(azure, HOST, connect().stream);
    const { accessToken } = await azure.tokens.issue(
      owner.principal,
      'https://eventhubs.azure.net',
    );
    await client.putToken(`sb://${HOST}/hub`, accessToken);
    const { condition, description } = await client.closed;
    assert.equal(condition, 'amqp:connection:forced');
    assert.match(
      description ?? '',
      /inactive for more than the allowed 100 milliseconds and is closed by container 'LinkTracker'/,
    );
  });
});

describe('refusals of one receiver', () => {
  it('are answered at once three times, then slower and slower up to two seconds', () => {
    const pacer = new RefusalPacer();
    const delays = Array.from({ length: 9 }, () => pacer.delayMs('a'));
    assert.deepEqual(delays, [0, 0, 0, 250, 500, 1000, 2000, 2000, 2000]);
    assert.equal(pacer.delayMs('b'), 0);
  });
});

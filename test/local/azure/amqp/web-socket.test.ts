// AMQP over WebSockets: where it is, what it is called, and what else the port answers.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { HOST, useEventHub } from '../event-hubs/use-event-hub.ts';

const { azure } = await useEventHub();
const HEADER = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1');

async function connect(path: string, protocols: string | string[] = 'amqp'): Promise<WebSocket> {
  const socket = new WebSocket(`wss://${HOST}${path}`, protocols);
  await once(socket, 'open');
  return socket;
}

describe('a WebSocket', () => {
  for (const path of [
    '/$servicebus/websocket',
    '/$servicebus/websocket/',
    '/$servicebus/websocket?sb=1',
  ]) {
    it(`speaks AMQP at ${path}`, async () => {
      const socket = await connect(path);
      socket.send(HEADER);
      const [answer] = await once(socket, 'message');
      assert.deepEqual(answer, HEADER);
      socket.terminate();
    });
  }

  it("takes the protocol's own name and that of older Microsoft stacks", async () => {
    for (const [offered, taken] of [
      [['amqp'], 'amqp'],
      [['AMQPWSB10'], 'AMQPWSB10'],
      [['mqtt', 'amqp'], 'amqp'],
    ] as const) {
      const socket = await connect('/$servicebus/websocket', [...offered]);
      assert.equal(socket.protocol, taken);
      socket.terminate();
    }
  });

  it('is refused elsewhere, under another name, and for a namespace that is not there', async () => {
    await assert.rejects(connect('/'), /404/);
    await assert.rejects(connect('/$servicebus/websocket', 'mqtt'), /400/);
    const socket = new WebSocket(
      'wss://nowhere.servicebus.windows.net/$servicebus/websocket',
      'amqp',
    );
    await assert.rejects(once(socket, 'open'));
  });

  it('ends with a text, or with more than a message may hold', async () => {
    for (const message of ['GET / HTTP/1.1', Buffer.alloc(2 * 1024 * 1024)]) {
      const socket = await connect('/$servicebus/websocket');
      socket.on('error', () => {});
      socket.send(message);
      await once(socket, 'close');
    }
  });
});

describe('plain HTTP at that port', () => {
  it('is answered, by name, that it is absent', async () => {
    const response = await fetch(`https://${HOST}/hub/messages`, { method: 'POST', body: '{}' });
    assert.equal(response.status, 501);
    assert.match(await response.text(), /reached by AMQP only/);
  });
});

describe('a closed door', () => {
  it('cuts what is open, refuses, and takes clients again on the same port', async () => {
    const door = 'messaging-websocket';
    const port = azure.ports[door];
    const socket = await connect('/$servicebus/websocket');
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    await azure.closeDoor(door);
    await closed;
    await assert.rejects(connect('/$servicebus/websocket'), /ECONNREFUSED/);
    await azure.openDoor(door);
    assert.equal(azure.ports[door], port);
    (await connect('/$servicebus/websocket')).terminate();
  });
});

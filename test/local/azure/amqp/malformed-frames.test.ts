// What no client stack would send: the connection that sends it ends, all others go on.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import tls from 'node:tls';
import { EventHubProducerClient } from '@azure/event-hubs';
import { Described, typed } from '../../../../local/azure/amqp/codec/amqp-value.ts';
import { encodeValue } from '../../../../local/azure/amqp/codec/encode.ts';
import { frameHeader } from '../../../../local/azure/amqp/frame-reader.ts';
import { publish } from '../event-hubs/publish-and-read.ts';
import { HOST, hubId, noRetries, OWNER, useEventHub } from '../event-hubs/use-event-hub.ts';

const sockets: tls.TLSSocket[] = [];
after(() => {
  for (const socket of sockets) socket.destroy();
});
const { azure, identityWith, closeLater } = await useEventHub();
const { credential } = identityWith([OWNER, hubId('hub')]);
const bystander = closeLater(new EventHubProducerClient(HOST, 'hub', credential, noRetries));
await publish(bystander, ['x']);

const HEADER = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1');
const SASL_HEADER = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1');
const performative = (code: number, fields: readonly unknown[]) =>
  encodeValue(new Described(typed('ulong', code), fields as never));
const frame = (body: Buffer, { type = 0, channel = 0 } = {}) =>
  Buffer.concat([frameHeader(type, channel, body.length), body]);
const OPEN = frame(performative(0x10, ['test', HOST]));
const BEGIN = frame(performative(0x11, [null, ...[0, 100, 100].map((n) => typed('uint', n))]));
const opened = Buffer.concat([HEADER, OPEN]);
const attach = (handle: number) =>
  frame(
    performative(0x12, [
      ...[
        'link',
        typed('uint', handle),
        false,
        null,
        null,
        new Described(typed('ulong', 0x28), []),
      ],
      new Described(typed('ulong', 0x29), ['$cbs']),
    ]),
  );

interface Ending {
  readonly received: Buffer;
}

/** Sends the bytes and waits until the broker ends the connection. */
async function endingOf(bytes: Buffer): Promise<Ending> {
  const socket = tls.connect({
    ...{ host: '127.0.0.1', port: azure.ports.messaging, servername: 'localhost' },
    ca: azure.certificateAuthority.certificatePem,
  });
  sockets.push(socket);
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  const closed = once(socket, 'close');
  socket.write(bytes);
  await closed;
  return { received: Buffer.concat(received) };
}

const says = ({ received }: Ending, text: string) =>
  assert.ok(
    received.includes(text),
    `${text} is not in ${JSON.stringify(received.toString('latin1'))}`,
  );

describe('a connection ends, with the reason where there was an open,', () => {
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ['that speaks HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), ''],
    ['of AMQP 0-9-1', Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'), ''],
    ['of an unknown protocol id', Buffer.from('AMQP\x07\x01\x00\x00', 'latin1'), ''],
    [
      'whose frame is too large',
      Buffer.concat([opened, Buffer.from('00010001020000000', 'hex')]),
      'amqp:connection:framing-error',
    ],
    [
      'whose frame is 4 GB',
      Buffer.concat([opened, Buffer.from('ffffffff02000000', 'hex')]),
      'amqp:connection:framing-error',
    ],
    [
      'whose frame is smaller than its header',
      Buffer.concat([opened, Buffer.from('0000000702000000', 'hex')]),
      'amqp:connection:framing-error',
    ],
    [
      'whose data offset lies',
      Buffer.concat([opened, Buffer.from('000000080f000000', 'hex')]),
      'amqp:connection:framing-error',
    ],
    [
      'of an unknown frame type',
      Buffer.concat([opened, frame(OPEN.subarray(8), { type: 9 })]),
      'amqp:connection:framing-error',
    ],
    [
      'with an unknown performative',
      Buffer.concat([opened, frame(performative(0x77, []))]),
      'amqp:decode-error',
    ],
    [
      'whose performative is no list',
      Buffer.concat([opened, frame(encodeValue(new Described(typed('ulong', 0x11), 'x')))]),
      'amqp:decode-error',
    ],
    [
      'whose performative is cut',
      Buffer.concat([opened, frame(BEGIN.subarray(8, 14))]),
      'amqp:decode-error',
    ],
    [
      'whose field has another type',
      Buffer.concat([opened, frame(performative(0x11, [null, 'x', 'y']))]),
      'amqp:decode-error',
    ],
    [
      'whose mandatory field is missing',
      Buffer.concat([opened, frame(performative(0x11, [null]))]),
      'amqp:decode-error',
    ],
    [
      'of random bytes behind open',
      Buffer.concat([opened, frame(Buffer.from('00531300deadbeef', 'hex'))]),
      'amqp:decode-error',
    ],
    ['that begins before open', Buffer.concat([HEADER, BEGIN]), ''],
    ['that opens twice', Buffer.concat([opened, OPEN]), 'amqp:connection:framing-error'],
    [
      'that begins a channel twice',
      Buffer.concat([opened, BEGIN, BEGIN]),
      'amqp:connection:framing-error',
    ],
    [
      'with a channel that is too high',
      Buffer.concat([opened, frame(BEGIN.subarray(8), { channel: 5000 })]),
      'amqp:connection:framing-error',
    ],
    [
      'with a handle that is too high',
      Buffer.concat([opened, BEGIN, attach(256)]),
      'amqp:connection:framing-error',
    ],
    [
      'of a SASL mechanism that is not offered',
      Buffer.concat([
        SASL_HEADER,
        frame(performative(0x41, [typed('symbol', 'PLAIN'), Buffer.from('\0u\0p')]), { type: 1 }),
      ]),
      'MSSBCBS',
    ],
    [
      'to a namespace that is not there',
      Buffer.concat([
        HEADER,
        frame(performative(0x10, ['test', 'nowhere.servicebus.windows.net'])),
      ]),
      'amqp:not-found',
    ],
  ];
  for (const [name, bytes, reason] of cases) {
    it(name, async () => {
      const ending = await endingOf(bytes);
      says(ending, reason);
      await publish(bystander, ['x']);
    });
  }
});

describe('late and odd frames that are no reason to end', () => {
  it('go unanswered: for channels and handles that are gone', async () => {
    const close = frame(performative(0x18, []));
    const uint = (value: number) => typed('uint', value);
    const late = [
      frame(performative(0x15, [true, uint(0), uint(4_000_000_000), true]), { channel: 7 }),
      frame(performative(0x13, [null, uint(1), uint(0), uint(1), uint(3), uint(0), uint(5)])),
      frame(
        performative(0x15, [
          true,
          uint(0),
          uint(4_000_000_000),
          true,
          new Described(typed('ulong', 0x24), []),
        ]),
      ),
      frame(performative(0x16, [uint(9), true])),
      frame(Buffer.alloc(0)),
    ];
    const ending = await endingOf(Buffer.concat([opened, BEGIN, ...late, close]));
    assert.ok(!ending.received.includes('error'), ending.received.toString('latin1'));
    await publish(bystander, ['x']);
  });

  it('a handle that is in use ends its session only', async () => {
    const close = frame(performative(0x18, []));
    const ending = await endingOf(Buffer.concat([opened, BEGIN, attach(1), attach(1), close]));
    says(ending, 'amqp:session:handle-in-use');
  });
});

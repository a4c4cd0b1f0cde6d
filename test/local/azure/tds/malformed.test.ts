// Bytes that are none of the protocol, at each stage: the client is sent away, others are served.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  batch,
  connectClear,
  connectStrict,
  headers,
  login7,
  packet,
  prelogin,
} from './raw-client.ts';
import { GOOD_TOKEN } from './scripted-backend.ts';
import { useTdsDoor } from './use-tds-door.ts';

const door = await useTdsDoor({
  limits: { loginMs: 400, messageMs: 300, messageBytes: 200_000, pendingLogins: 20 },
});
const { port } = door.server;
const witness = await door.connect();
after(() => assert.deepEqual(door.unexpected, []));

const isServed = async () => assert.equal((await witness.query('select 1')).recordset.length, 1);

async function logIn() {
  const client = await connectStrict(port);
  client.send(packet(0x12, prelogin));
  await client.next();
  client.send(packet(0x10, login7(GOOD_TOKEN)));
  const answer = await client.next();
  assert.equal(answer[0], 0xe3);
  return client;
}

/** Numbers of the ERROR tokens that begin a packet's data. */
const errorNumber = (answer: Buffer) => (answer[0] === 0xaa ? answer.readInt32LE(3) : undefined);

describe('before the login', () => {
  it('is sent away: whatever is no PRELOGIN', async () => {
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from([0x53, 1, 0, 0, 16, 0, 0, 0]),
      packet(0x10, login7(GOOD_TOKEN)),
      packet(0x12, Buffer.alloc(0)),
      packet(0x12, Buffer.from('0000ff0006ff', 'hex')),
      Buffer.from([0x12, 1, 0, 7, 0, 0, 0, 0]),
      packet(0x01, Buffer.alloc(10)),
    ]) {
      const client = await connectClear(port);
      client.send(bytes);
      await client.closed;
    }
    await isServed();
  });

  it('is sent away: a login in the clear', async () => {
    const client = await connectClear(port);
    client.send(packet(0x12, prelogin));
    await client.next();
    client.send(packet(0x10, login7(GOOD_TOKEN)));
    await client.closed;
  });

  it('is sent away in time: a client that says nothing, or half a packet', async () => {
    const silent = await connectClear(port);
    const half = await connectClear(port);
    half.send(Buffer.from([0x12, 1, 0, 40]));
    await Promise.all([silent.closed, half.closed]);
  });

  it('is sent away: the oldest of too many that do not log in', async () => {
    const clients = await Promise.all(Array.from({ length: 21 }, () => connectClear(port)));
    await clients[0]?.closed;
    for (const client of clients) client.destroy();
  });

  it('has no TLS with a name that is not ours, nor a login', async () => {
    await assert.rejects(connectStrict(port, 'sql.example.com'));
    const client = await connectStrict(port);
    client.send(packet(0x12, prelogin));
    await client.next();
    client.send(packet(0x10, login7(GOOD_TOKEN, { serverName: 'sql.example.com' })));
    assert.equal(errorNumber(await client.next()), 40532);
    await client.closed;
  });

  it('is told: a client of an older protocol, a login that points out of itself, one too large', async () => {
    const cut = login7(GOOD_TOKEN);
    cut.writeUInt16LE(60_000, 36);
    const odd = login7(GOOD_TOKEN);
    odd.writeUInt32LE(0xffff_fff0, odd.length - 1 - GOOD_TOKEN.length * 2 - 4);
    for (const [bytes, number] of [
      [login7(GOOD_TOKEN, { version: 0x71000001 }), 17835],
      [cut, 4002],
      [odd, 4002],
      [Buffer.alloc(20), 4002],
    ] as const) {
      const client = await connectStrict(port);
      client.send(packet(0x12, prelogin));
      await client.next();
      client.send(packet(0x10, bytes));
      assert.equal(errorNumber(await client.next()), number);
      await client.closed;
    }
    const client = await connectStrict(port);
    client.send(packet(0x12, prelogin));
    await client.next();
    for (let sent = 0; sent < 3; sent++) client.send(packet(0x10, Buffer.alloc(30_000), 0));
    assert.equal(errorNumber(await client.next()), 4002);
    await client.closed;
  });
});

describe('after the login', () => {
  it('is told, and sent away: SMUX, a type that is none, headers that lie, too much, half a message', async () => {
    const lying = Buffer.from(headers);
    lying.writeUInt32LE(4_000_000, 0);
    for (const bytes of [
      Buffer.from([0x53, 1, 0, 0, 16, 0, 0, 0]),
      packet(0x44, Buffer.alloc(4)),
      packet(0x01, lying),
      packet(0x01, Buffer.concat([headers, Buffer.from([1])])),
      packet(0x12, prelogin),
      packet(0x10, login7(GOOD_TOKEN)),
      Buffer.concat(Array.from({ length: 8 }, () => packet(0x01, Buffer.alloc(30_000), 0))),
      Buffer.concat(Array.from({ length: 40 }, () => batch('select 1'))),
    ]) {
      const client = await logIn();
      client.send(bytes);
      const told = await client.closed;
      assert.ok(told.includes(0xaa));
    }
    const slow = await logIn();
    slow.send(packet(0x01, headers, 0));
    await slow.closed;
    await isServed();
  });

  it('is told, and served on: bulk load, an unknown type of parameter, a cursor', async () => {
    const client = await logIn();
    const parameter = (code: number) =>
      Buffer.concat([headers, Buffer.from('0100780000000000', 'hex'), Buffer.from([code, 0, 0])]);
    const cursor = Buffer.concat([headers, Buffer.from('ffff02000000', 'hex')]);
    for (const [bytes, number] of [
      [packet(0x07, Buffer.alloc(30)), 40517],
      [packet(0x03, parameter(0xf1)), 40517],
      [packet(0x03, parameter(0x99)), 8009],
      [packet(0x03, parameter(0x26)), 8016],
      [packet(0x03, cursor), 2812],
    ] as const) {
      client.send(bytes);
      assert.equal(errorNumber(await client.next()), number);
    }
    client.send(batch('select 1'));
    assert.equal((await client.next())[0], 0x81);
    client.destroy();
  });

  it('acknowledges an attention to nothing, and forgets a request that was not whole', async () => {
    const client = await logIn();
    client.send(packet(0x06, Buffer.alloc(0)));
    assert.equal((await client.next()).toString('hex').slice(0, 6), 'fd2000');
    client.send(packet(0x01, headers, 0));
    client.send(packet(0x06, Buffer.alloc(0)));
    assert.equal((await client.next()).toString('hex').slice(0, 6), 'fd2000');
    client.send(batch('select 1'));
    assert.equal((await client.next())[0], 0x81);
    client.destroy();
  });

  it('resets the session where the first packet says so, and answers it', async () => {
    for (const [status, call] of [
      [0x09, 'reset'],
      [0x11, 'reset keeping'],
    ] as const) {
      const client = await logIn();
      const bytes = batch('select 1');
      bytes[1] = status;
      client.send(bytes);
      assert.equal((await client.next()).toString('hex').slice(0, 12), 'e30300120000');
      assert.ok(door.backend.calls.includes(call));
      client.destroy();
    }
  });

  it('never falls over random requests, whole or damaged', async () => {
    const request = fc.tuple(
      fc.constantFrom(0x01, 0x03, 0x0e, 0x07, 0x06, 0x08),
      fc.boolean(),
      fc.uint8Array({ maxLength: 120 }),
    );
    await fc.assert(
      fc.asyncProperty(request, async ([type, hasHeaders, bytes]) => {
        const client = await logIn();
        client.send(packet(type, Buffer.concat([hasHeaders ? headers : Buffer.alloc(0), bytes])));
        await Promise.race([client.closed, client.next()]);
        client.destroy();
      }),
      { numRuns: 60 },
    );
    await isServed();
  });

  it('never falls over a call with any byte changed', async () => {
    const call = Buffer.concat([
      headers,
      Buffer.from('ffff0a000000', 'hex'),
      Buffer.from('0000e7401f0904d00034', 'hex'),
      Buffer.from('0a006500630068006f002000', 'hex'),
      Buffer.from('000026040401000000', 'hex'),
      Buffer.from('02400061000026040401000000', 'hex'),
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(call.length - 1),
        fc.nat(255),
        fc.boolean(),
        async (at, value, isCut) => {
          const client = await logIn();
          const bytes = Buffer.from(call);
          bytes[at] = value;
          client.send(packet(0x03, isCut ? bytes.subarray(0, at) : bytes));
          await Promise.race([client.closed, client.next()]);
          client.destroy();
        },
      ),
      { numRuns: 80 },
    );
    await isServed();
  });
});

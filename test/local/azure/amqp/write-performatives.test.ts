// Clients that read performatives by index fail on lists whose trailing nulls are left out: the service writes all.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Described } from '../../../../local/azure/amqp/codec/amqp-value.ts';
import { decodeValue } from '../../../../local/azure/amqp/codec/decode.ts';
import { ACCEPTED } from '../../../../local/azure/amqp/codec/delivery-states.ts';
import {
  writeAttach,
  writeBegin,
  writeClose,
  writeDetach,
  writeDisposition,
  writeEnd,
  writeFlow,
  writeOpen,
  writeTransfer,
} from '../../../../local/azure/amqp/codec/write-performatives.ts';

const window = { nextIncomingId: 0, incomingWindow: 1, nextOutgoingId: 2, outgoingWindow: 3 };
const attach = { name: 'n', handle: 1, senderSettleMode: 2, receiverSettleMode: 0, properties: {} };
const error = { condition: 'amqp:not-found', message: 'gone' };

function fieldsOf(bytes: Buffer): readonly unknown[] {
  const value = decodeValue(bytes);
  assert.ok(value instanceof Described && Array.isArray(value.value));
  return value.value;
}

it('writes every field of every performative', () => {
  const open = { containerId: 'c', maxFrameSize: 65_536, channelMax: 1, idleTimeOutMs: 1 };
  const begin = { remoteChannel: 0, incomingWindow: 1, outgoingWindow: 1, handleMax: 255 };
  const transfer = {
    handle: 0,
    deliveryId: 0,
    deliveryTag: Buffer.alloc(4),
    isSettled: true,
    isMore: false,
  };
  const disposition = { isReceiver: true, first: 0, last: 0, isSettled: true, state: ACCEPTED };
  const counts: readonly (readonly [bytes: Buffer, fields: number])[] = [
    [writeOpen(open), 10],
    [writeBegin(begin), 8],
    [writeAttach({ ...attach, isReceiver: true }), 14],
    [writeAttach({ ...attach, isReceiver: false, offeredCapabilities: ['a', 'b'] }), 14],
    [writeFlow(window), 11],
    [writeFlow({ ...window, handle: 0, deliveryCount: 0, linkCredit: 1 }), 11],
    [writeTransfer(transfer), 11],
    [writeDisposition(disposition), 6],
    [writeDetach(0, true), 3],
    [writeEnd(), 1],
    [writeClose(), 1],
  ];
  for (const [bytes, count] of counts) assert.equal(fieldsOf(bytes).length, count);
});

it('writes all three fields of an error', () => {
  for (const bytes of [writeDetach(0, true, error), writeEnd(error), writeClose(error)]) {
    const last = fieldsOf(bytes).at(-1);
    assert.ok(last instanceof Described);
    assert.deepEqual(last.value, ['amqp:not-found', 'gone', null]);
  }
});

it('gives handle-max of a begin and properties of an attach a value', () => {
  const begin = writeBegin({
    remoteChannel: 0,
    incomingWindow: 1,
    outgoingWindow: 1,
    handleMax: 255,
  });
  assert.equal(fieldsOf(begin)[4], 255);
  assert.deepEqual(fieldsOf(writeAttach({ ...attach, isReceiver: true })).at(-1), new Map());
});

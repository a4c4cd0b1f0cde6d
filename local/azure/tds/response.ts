import { ByteWriter } from './byte-writer.ts';
import { PACKET_HEADER_LENGTH } from './packet.ts';
import type { SqlMessage } from './sql-error.ts';
import type { Column, EnvironmentChange, ResultSink, StatementKind } from './sql-session.ts';
import type { SqlType, SqlValue } from './sql-type.ts';
import { writeColumns } from './tokens/columns.ts';
import { type Done, doneStatus, writeDone } from './tokens/done.ts';
import { writeEnvironmentChange, writeResetDone } from './tokens/environment-change.ts';
import { type ReturnValue, writeReturnStatus, writeReturnValue } from './tokens/return-value.ts';
import { writeServerMessage } from './tokens/server-message.ts';
import { token } from './tokens/token.ts';
import { valueWriter, type WriteValue } from './types/write-value.ts';

export interface ResponseStream {
  readonly serverName: string;
  /** Of packets, header included. */
  readonly packetSize: number;
  /** Resolves when the client's side took it: backpressure. */
  sendPacket(data: Buffer, isLast: boolean): Promise<void>;
}

type Sent = Promise<void> | void;

/** One answer: tokens in, packets out. Only the last DONE says that no more follows, so each waits for the next. */
export class Response implements ResultSink {
  readonly writer = new ByteWriter(1024);
  readonly #stream: ResponseStream;
  readonly #signal: AbortSignal | undefined;
  readonly #payload: number;
  #isInProcedure = false;
  #waiting: Done | undefined;
  #writers: readonly WriteValue[] = [];
  /** An error was told, and no DONE yet. */
  #hasFailed = false;
  #ordinalShift = 0;
  #status: number | undefined;
  #returnValues: ReturnValue[] = [];
  #endsConnection = false;

  /** When `signal` aborts, the client has cancelled: what still comes is left out. */
  constructor(stream: ResponseStream, signal?: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
    this.#payload = stream.packetSize - PACKET_HEADER_LENGTH;
  }

  /** An error from severity 20 on was told. */
  get endsConnection(): boolean {
    return this.#endsConnection;
  }

  resetDone(): void {
    writeResetDone(this.writer);
  }

  columns(columns: readonly Column[]): Sent {
    if (this.#isCancelled) return;
    this.#writeWaiting();
    this.#writers = columns.map(({ type, nullable }) => valueWriter(type, nullable));
    writeColumns(this.writer, columns);
    return this.#sendFull();
  }

  /** Throws RangeError or TypeError for a value that is none of its column; the row is not sent. */
  row(values: readonly SqlValue[]): Sent {
    if (this.#isCancelled) return;
    const { writer } = this;
    const before = writer.length;
    try {
      writer.uint8(token.row);
      let index = 0;
      for (const write of this.#writers) write(writer, values[index++] ?? null);
    } catch (error) {
      writer.truncate(before);
      throw error;
    }
    if (writer.length > this.#payload) return this.#sendFull();
  }

  done(command: StatementKind, rowCount: number | undefined): Sent {
    if (this.#isCancelled) return;
    this.#writeWaiting(rowCount !== undefined);
    this.#waiting = {
      token: this.#isInProcedure ? 'doneInProcedure' : 'done',
      status: (rowCount === undefined ? 0 : doneStatus.count) | this.#takeFailure(),
      command,
      rowCount,
    };
    return this.#sendFull();
  }

  message(message: SqlMessage): Sent {
    if (this.#isCancelled) return;
    this.#writeWaiting(false);
    writeServerMessage(this.writer, 'info', message, this.#stream.serverName);
    return this.#sendFull();
  }

  error(error: SqlMessage): Sent {
    this.#endsConnection ||= error.class >= 20;
    if (this.#isCancelled) return;
    this.#writeWaiting(false);
    this.#hasFailed = true;
    writeServerMessage(this.writer, 'error', error, this.#stream.serverName);
    return this.#sendFull();
  }

  /** Kept for the end of the call, behind its return status. */
  returnValue(ordinal: number, name: string, type: SqlType, value: SqlValue): void {
    this.#returnValues.push({ ordinal: ordinal + this.#ordinalShift, name, type, value });
  }

  returnStatus(status: number): void {
    this.#status = status;
  }

  environment(change: EnvironmentChange): Sent {
    // A cancelled client must know of its transaction all the same.
    this.#writeWaiting();
    writeEnvironmentChange(this.writer, change);
    return this.#sendFull();
  }

  /** What follows belongs to one RPC; `ordinalShift`: its parameters that the session does not see. */
  beginProcedure(ordinalShift: number): void {
    this.#writeWaiting();
    this.#isInProcedure = true;
    this.#ordinalShift = ordinalShift;
  }

  /** Ends one RPC of several. `failure`: the return status of a call that gave none. */
  endProcedure(failure = 0): Sent {
    const hasFailed = this.#hasFailed;
    if (!this.#isCancelled) {
      this.#hasFailed = false;
      this.#writeWaiting();
      writeReturnStatus(this.writer, this.#status ?? failure);
      for (const value of this.#returnValues) writeReturnValue(this.writer, value);
    }
    this.#status = undefined;
    this.#returnValues = [];
    this.#waiting = {
      token: 'doneProcedure',
      status: hasFailed ? doneStatus.error : 0,
      command: 'other',
    };
    this.#hasFailed = false;
    return this.#sendFull();
  }

  /** Ends the answer. `attention`: it acknowledges a cancel. */
  async end({ attention = false }: { attention?: boolean } = {}): Promise<void> {
    const failure = this.#takeFailure();
    if (this.#waiting && failure) this.#writeWaiting();
    const last = this.#waiting ?? {
      token: this.#isInProcedure ? 'doneProcedure' : 'done',
      status: failure,
      command: 'other',
    };
    this.#waiting = undefined;
    const status = last.status | (attention ? doneStatus.attention : 0);
    writeDone(this.writer, { ...last, status });
    await this.#sendFull();
    const rest = this.writer.copy();
    this.writer.clear();
    await this.#stream.sendPacket(rest, true);
  }

  get #isCancelled(): boolean {
    return this.#signal?.aborted ?? false;
  }

  #takeFailure(): number {
    const bit = this.#hasFailed ? doneStatus.error : 0;
    this.#hasFailed = false;
    return bit;
  }

  /** `endsFailed`: a failed statement that was not ended gets its own DONE. */
  #writeWaiting(endsFailed = true): void {
    if (this.#waiting) {
      const status = this.#waiting.status | doneStatus.more;
      writeDone(this.writer, { ...this.#waiting, status });
      this.#waiting = undefined;
    }
    if (!endsFailed || !this.#hasFailed) return;
    const name = this.#isInProcedure ? 'doneInProcedure' : 'done';
    const status = this.#takeFailure() | doneStatus.more;
    writeDone(this.writer, { token: name, status, command: 'other' });
  }

  /** Sends whole packets, and keeps at least one byte for the last. */
  #sendFull(): Sent {
    if (this.writer.length > this.#payload) return this.#sendPackets();
  }

  async #sendPackets(): Promise<void> {
    const payload = this.#payload;
    const whole = Math.floor((this.writer.length - 1) / payload) * payload;
    const bytes = Buffer.from(this.writer.view().subarray(0, whole));
    this.writer.dropFirst(whole);
    for (let at = 0; at < whole; at += payload) {
      await this.#stream.sendPacket(bytes.subarray(at, at + payload), false);
    }
  }
}

// Time that passes only when a test says so. While it is installed, timers, Date, performance.now and Math.random of
// this process are its own, so that a scan over doubles runs for days in milliseconds, and the same way each time.
import { AppProcess } from './app-process.ts';

interface Timer {
  readonly dueMs: number;
  readonly number: number;
  readonly owner: AppProcess | undefined;
  readonly run: () => void;
}

export class VirtualTime {
  /** Azure's clock at the beginning. */
  readonly #epochMs = Date.parse('2026-11-25T12:00:00Z');
  #elapsedMs = 0;
  #timers: Timer[] = [];
  #timerCount = 0;
  /** How far the clock of the app's machine is from Azure's. */
  machineOffsetMs = 0;

  /** Azure's clock. */
  get nowMs(): number {
    return this.#epochMs + this.#elapsedMs;
  }

  /** Takes over the process's clocks and its dice; returns the undo. */
  install(random: () => number): () => void {
    const { setTimeout, clearTimeout, Date: SystemDate } = globalThis;
    const systemRandom = Math.random;
    const machineNow = () => this.nowMs + this.machineOffsetMs;
    class MachineDate extends SystemDate {
      constructor(...given: [] | [number | string | Date]) {
        if (given[0] === undefined) super(machineNow());
        else super(given[0]);
      }
      static override now(): number {
        return machineNow();
      }
    }
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms = 0) => this.#add(ms, run, AppProcess.current),
      clearTimeout: (timer: Timer | undefined) => this.#remove(timer),
      Date: MachineDate,
    });
    Math.random = random;
    const ownNow = { value: () => this.#elapsedMs, configurable: true };
    Object.defineProperty(performance, 'now', ownNow);
    return () => {
      Object.assign(globalThis, { setTimeout, clearTimeout, Date: SystemDate });
      Math.random = systemRandom;
      Reflect.deleteProperty(performance, 'now'); // its prototype's comes back
    };
  }

  /** For what no process waits for: a network goes on though its client is dead. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#add(milliseconds, resolve, undefined));
  }

  /** Lets everything happen that is due within this time. */
  async pass(milliseconds: number): Promise<void> {
    const endMs = this.#elapsedMs + milliseconds;
    for (;;) {
      await quiescence();
      const next = this.#next();
      if (!next || next.dueMs > endMs) break;
      this.#fire(next);
    }
    this.#elapsedMs = endMs;
  }

  /** Lets time pass until `promise` settles. Throws if nothing is left that could settle it. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const note = () => {
      isSettled = true;
    };
    promise.then(note, note);
    for (;;) {
      await quiescence();
      if (isSettled) return promise;
      const next = this.#next();
      if (!next) throw new Error('waits for ever: no timer is left that could settle it');
      this.#fire(next);
    }
  }

  #add(milliseconds: number, run: () => void, owner: AppProcess | undefined): Timer {
    const dueMs = this.#elapsedMs + Math.max(0, milliseconds);
    const timer = { dueMs, number: this.#timerCount++, owner, run };
    this.#timers.push(timer);
    return timer;
  }

  #remove(timer: Timer | undefined): void {
    this.#timers = this.#timers.filter((one) => one !== timer);
  }

  #next(): Timer | undefined {
    const isFirst = (a: Timer, b: Timer) =>
      a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.number < b.number);
    return this.#timers.reduce<Timer | undefined>(
      (first, timer) => (first && isFirst(first, timer) ? first : timer),
      undefined,
    );
  }

  #fire(timer: Timer): void {
    this.#remove(timer);
    this.#elapsedMs = Math.max(this.#elapsedMs, timer.dueMs);
    if (timer.owner?.isDead) return;
    const frozenMs = (timer.owner?.frozenUntilMs ?? 0) - this.nowMs;
    if (frozenMs > 0) this.#add(frozenMs, timer.run, timer.owner);
    else timer.run();
  }
}

/** Until every promise has told all who wait for it. */
function quiescence(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

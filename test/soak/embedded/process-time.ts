// The clock of the app's machine, which goes with Azure's but for an offset, while Azure's own processes have theirs.
// Timers of a process that is dead never fire.
import type { Clock } from '../../../local/azure/clock.ts';
import { AppProcess, type ProcessClock } from '../app-process.ts';

const systemNow = Date.now;

/** Azure's own clock, which the installed one of the app's machine does not touch. */
export class AzureClock implements Clock {
  #offsetMs = 0;

  nowMs(): number {
    return systemNow() + this.#offsetMs;
  }

  advanceMs(milliseconds: number): void {
    this.#offsetMs += milliseconds;
  }
}

export class ProcessTime implements ProcessClock {
  readonly #clock: AzureClock;
  readonly #setTimeout = globalThis.setTimeout;
  machineOffsetMs = 0;

  constructor(clock: AzureClock) {
    this.#clock = clock;
  }

  /** Azure's clock. */
  get nowMs(): number {
    return this.#clock.nowMs();
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#setTimeout(resolve, milliseconds));
  }

  install(): () => void {
    const { setTimeout, Date: SystemDate } = globalThis;
    const machineNow = () => this.nowMs + this.machineOffsetMs;
    class MachineDate extends SystemDate {
      constructor(...given: [] | [number | string | Date]) {
        if (given[0] === undefined) super(MachineDate.now());
        else super(given[0]);
      }
      static override now(): number {
        return AppProcess.current ? machineNow() : systemNow();
      }
    }
    const mortal = (run: () => void, milliseconds?: number, ...given: []) => {
      const timer = setTimeout(run, milliseconds, ...given);
      AppProcess.current?.onDeath(() => clearTimeout(timer));
      return timer;
    };
    Object.assign(globalThis, { setTimeout: Object.assign(mortal, setTimeout), Date: MachineDate });
    return () => {
      Object.assign(globalThis, { setTimeout, Date: SystemDate });
    };
  }
}

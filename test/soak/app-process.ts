// A process of the app that can be killed or frozen at any of its awaits. Everything a scan does to the world, and
// everything it hears from it, passes `point`: a dead process comes through no more, so it does and hears nothing.
import { AsyncLocalStorage } from 'node:async_hooks';

const running = new AsyncLocalStorage<AppProcess>();

export interface Fate {
  /** Killed when it comes to this point, counted from 1. */
  readonly killAt?: number;
  readonly freezeAt?: number;
  readonly freezeMs?: number;
}

export class AppProcess {
  isDead = false;
  frozenUntilMs = 0;
  wasFrozen = false;
  readonly #fate: Fate;
  readonly #clock: ProcessClock;
  readonly #atDeath: (() => void)[] = [];
  /** Resolves when it is killed. */
  readonly died = new Promise<void>((resolve) => this.onDeath(resolve));
  #points = 0;

  constructor(fate: Fate, clock: ProcessClock) {
    this.#fate = fate;
    this.#clock = clock;
  }

  /** The process whose code runs now. */
  static get current(): AppProcess | undefined {
    return running.getStore();
  }

  /** How many points it has come to. */
  get points(): number {
    return this.#points;
  }

  run<T>(main: () => Promise<T>): Promise<T> {
    return running.run(this, main);
  }

  kill(): void {
    this.isDead = true;
    for (const step of this.#atDeath) step();
  }

  onDeath(step: () => void): void {
    this.#atDeath.push(step);
  }

  /** Never resolves if the process is dead by then. */
  async point(): Promise<void> {
    this.#points += 1;
    const { killAt, freezeAt, freezeMs = 0 } = this.#fate;
    if (this.#points === killAt) this.kill();
    if (this.#points === freezeAt) {
      this.wasFrozen = true;
      this.frozenUntilMs = this.#clock.nowMs + freezeMs;
    }
    const frozenMs = this.frozenUntilMs - this.#clock.nowMs;
    if (frozenMs > 0) await this.#clock.sleep(frozenMs);
    if (this.isDead) await new Promise<never>(() => {});
  }
}

export interface ProcessClock {
  readonly nowMs: number;
  sleep(milliseconds: number): Promise<void>;
}

/** The work that has begun and not ended. */
export interface InFlight {
  readonly size: number;
  /** Counts it until it ends; gives it back. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Resolves when there is none. Never rejects. */
  idle(): Promise<void>;
}

export function createInFlight(): InFlight {
  const running = new Set<Promise<unknown>>();
  return {
    get size() {
      return running.size;
    },
    track(work) {
      const tracked = work.finally(() => running.delete(tracked));
      running.add(tracked);
      return tracked;
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

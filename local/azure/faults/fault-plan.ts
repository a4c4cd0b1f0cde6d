import type { Door } from '../doors.ts';
import type { Journal } from '../journal.ts';
import type { FaultAt, FaultOrder } from './fault.ts';
import { createRandom } from './random.ts';
import { compileTextPattern } from './text-pattern.ts';

interface Standing {
  readonly order: FaultOrder;
  readonly fits: (operation: string) => boolean;
  readonly hits: () => boolean;
}

/** The plan as one door sees it. */
export interface FaultsAt<D extends Door> {
  /** False: no call need be named. */
  readonly isArmed: boolean;
  /** The fault for this call, if one is due. */
  take(operation: string): FaultAt<D> | undefined;
}

/** Which calls are to go wrong, and how. Orders are looked at in the order given; the first that hits wins. */
export class FaultPlan {
  readonly #journal: Journal;
  readonly #standing = new Map<number, Standing>();
  #nextId = 1;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Returns the order's number, for `withdraw`. Throws RangeError for an error of SQL Server's at another door. */
  arm(order: FaultOrder): number {
    if (!isOfItsDoor(order)) throw new RangeError(`no sqlError at the door ${order.door}`);
    const id = this.#nextId++;
    this.#standing.set(id, {
      order,
      fits: compileTextPattern(order.operation ?? '*'),
      hits: counter(order),
    });
    return id;
  }

  withdraw(id: number): void {
    this.#standing.delete(id);
  }

  clear(): void {
    this.#standing.clear();
  }

  /** Whether there is any order: without one a door need not name its calls. */
  get isArmed(): boolean {
    return this.#standing.size > 0;
  }

  /** What a door is given that asks for nothing but its own. */
  at<D extends Door>(door: D): FaultsAt<D> {
    const isArmed = () => this.isArmed;
    return {
      get isArmed() {
        return isArmed();
      },
      take: (operation) => this.take(door, operation),
    };
  }

  /** The fault for this call, if one is due; it is then in the journal. Counts the call. */
  take<D extends Door>(door: D, operation: string): FaultAt<D> | undefined {
    for (const { order, fits, hits } of this.#standing.values()) {
      if (order.door !== door || !fits(operation) || !hits()) continue;
      this.#journal.record({ kind: 'fault', door, operation, fault: order.fault.kind });
      return order.fault as FaultAt<D>; // `arm` has seen to it
    }
    return undefined;
  }
}

/** SQL Server's errors are of the door `sql` alone. */
export function isOfItsDoor({ door, fault }: Pick<FaultOrder, 'door' | 'fault'>): boolean {
  return fault.kind !== 'sqlError' || door === 'sql';
}

function counter({ nth = 1, times = 1, share, seed = 1 }: FaultOrder): () => boolean {
  if (share !== undefined) {
    const random = createRandom(seed);
    return () => random() < share;
  }
  const last = times === 'always' ? Number.POSITIVE_INFINITY : nth + times - 1;
  let calls = 0;
  return () => {
    calls += 1;
    return calls >= nth && calls <= last;
  };
}

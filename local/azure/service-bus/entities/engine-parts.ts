import type { Clock } from '../../clock.ts';
import type { Scheduler } from '../scheduler.ts';
import type { EntityStore } from '../store/entity-store.ts';
import type { StoreBudget } from './entity-size.ts';

/** What all entities share. */
export interface EngineParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly budget: StoreBudget;
  /** On disk, of the queue or topic with this lower-case path (`queues/orders`); none where nothing is kept. */
  openStore(namespaceName: string, path: string): EntityStore;
}

import type { Clock } from '../../clock.ts';
import type { Scheduler } from '../scheduler.ts';
import type { StoreBudget } from './entity-size.ts';

/** What all entities share. */
export interface EngineParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly budget: StoreBudget;
}

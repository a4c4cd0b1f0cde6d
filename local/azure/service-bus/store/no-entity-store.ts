import type { EntityStore } from './entity-store.ts';
import { RestoredQueue } from './restored-queue.ts';

/** For a broker that keeps nothing beyond its process. */
export const noEntityStore: EntityStore = {
  queue: () => ({
    open: () => new RestoredQueue(),
    put() {},
    change() {},
    remove() {},
    takeNumber() {},
    putSession() {},
    drop() {},
  }),
  openHistory: () => [],
  noteSeen() {},
  commit() {},
  close() {},
  delete() {},
};

// The app's clients as one process has them: it can be killed before and after each call.
import type { Blobs } from '../../../shared/blobs.ts';
import type { ResourceGraph } from '../../../shared/resource-graph.ts';
import type { ResourceManager } from '../../../shared/resource-manager.ts';
import type { Services } from '../../../shared/services.ts';
import type { ProcessClock } from '../app-process.ts';
import type { Run } from '../chronicle.ts';

const SLOW_MS = 1_000;

export interface MortalServices {
  readonly blobs: Pick<Blobs, 'read' | 'write'>;
  readonly resourceManager: ResourceManager;
  readonly resourceGraph: ResourceGraph;
}

export function mortalServices(
  { scanBlobs, resourceManager, resourceGraph }: Services,
  run: Run,
  clock: ProcessClock,
): MortalServices {
  const call = async <T>(send: () => Promise<T>): Promise<T> => {
    await run.process.point();
    try {
      return await send();
    } finally {
      await run.process.point();
    }
  };
  const state = async <T>(send: () => Promise<T>): Promise<T> => {
    const startedAtMs = clock.nowMs;
    try {
      return await call(send);
    } catch (error) {
      run.stateFailed = true;
      throw error;
    } finally {
      if (clock.nowMs - startedAtMs > SLOW_MS) run.stateSlow = true;
    }
  };
  return {
    blobs: {
      read: (name) => state(() => scanBlobs.read(name)),
      write: (name, text, ifMatch) => state(() => scanBlobs.write(name, text, ifMatch)),
    },
    resourceGraph: {
      listCreations: (...query) => call(() => resourceGraph.listCreations(...query)),
    },
    resourceManager: {
      probe: (scope) => call(() => resourceManager.probe(scope)),
      listPage: async (scope, page) => {
        const listed = await call(() => resourceManager.listPage(scope, page));
        for (const { id = '', createdTime } of listed.resources) {
          run.shown.add(`${id.toLowerCase()}|${createdTime?.toISOString()}`);
        }
        return listed;
      },
    },
  };
}

import { text } from 'node:stream/consumers';
import type { ContainerClient } from '@azure/storage-blob';
import { explainStorageFailure, type HostStorageSettings, storageErrorOf } from './host-storage.ts';
import type { HostLog } from './log.ts';
import {
  encodeScheduleStatus,
  parseScheduleStatus,
  type ScheduleMonitor,
} from './schedule-status.ts';

/** Status blobs `timers/<hostId>/<timer>/status` (azure-webjobs-sdk-extensions, StorageScheduleMonitor.cs). */
export function createBlobScheduleMonitor(
  container: ContainerClient,
  settings: HostStorageSettings,
  hostId: string,
  log: HostLog,
): ScheduleMonitor {
  const blobOf = (timerName: string) =>
    container.getBlockBlobClient(`timers/${hostId}/${timerName}/status`);
  return {
    async read(timerName) {
      try {
        const { readableStreamBody } = await blobOf(timerName).download();
        return readableStreamBody && parseScheduleStatus(await text(readableStreamBody));
      } catch (error) {
        if (storageErrorOf(error)?.status === 404) return undefined;
        throw error;
      }
    },
    async write(timerName, status) {
      const content = JSON.stringify(encodeScheduleStatus(status));
      try {
        await blobOf(timerName).upload(content, Buffer.byteLength(content));
      } catch (error) {
        log({
          level: 'error',
          category: 'Host.Triggers.Timer',
          message: `Function '${timerName}' failed to update the timer trigger status: ${explainStorageFailure(error, settings)}`,
        });
      }
    },
  };
}

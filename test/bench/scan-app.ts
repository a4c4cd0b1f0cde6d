// The deployed app's scan in a process of its own: what the first one did and how long it took, and the most memory
// that the process had. It lives on as the app does, for SCAN_COUNT scans: what a scan leaves behind shows as well.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { InvocationContext, Timer } from '@azure/functions';
import { scanResources } from '../../functions/scan-resources.ts';
import { loadDatabaseDriver } from '../../shared/database/load-driver.ts';
import { loadMessagingSdks } from '../../shared/messaging/load-sdks.ts';
import { readReport } from '../../shared/scan/read-report.ts';
import type { ScanReport } from '../../shared/scan/scan-report.ts';
import { processServices } from '../../shared/services.ts';

export interface ScanMeasure {
  /** Of the first scan. */
  readonly milliseconds: number;
  /** Highest resident set size of the whole process (Linux: VmHWM). */
  readonly peakMegabytes: number;
  /** What is alive at the end, in the heap and beside it. The rest of the peak is what V8 has not collected yet. */
  readonly aliveMegabytes: number;
  /** Of the first scan. */
  readonly report: ScanReport;
}

// As functions/startup.ts does when the host has started the app: in the worker, a hook of the host's.
const { isMessagingOn, isDatabaseOn } = processServices().settings;
if (isMessagingOn) await loadMessagingSdks();
if (isDatabaseOn) await loadDatabaseDriver();

const quiet = { info() {}, warn() {}, error() {} } as unknown as InvocationContext;
const startedAt = performance.now();
await scanResources({} as Timer, quiet);
const milliseconds = performance.now() - startedAt;
const report = (await readReport(processServices().scanBlobs)) as ScanReport;
for (let scan = 1; scan < Number(process.env.SCAN_COUNT); scan++) {
  await scanResources({} as Timer, quiet);
}
const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
setFlagsFromString('--expose-gc');
runInNewContext('gc')();
const { heapUsed, external } = process.memoryUsage();
const measure: ScanMeasure = {
  milliseconds,
  peakMegabytes: Number(kilobytes) / 1024,
  aliveMegabytes: (heapUsed + external) / 1024 / 1024,
  report,
};
process.send?.(measure, () => process.exit());

// The deployed app's scan in a process of its own, once: what it did, how long it took and the most memory it had.
import { readFileSync } from 'node:fs';
import type { InvocationContext, Timer } from '@azure/functions';
import { scanResources } from '../../functions/scan-resources.ts';
import { readReport } from '../../shared/scan/read-report.ts';
import type { ScanReport } from '../../shared/scan/scan-report.ts';
import { processServices } from '../../shared/services.ts';

export interface ScanMeasure {
  readonly milliseconds: number;
  /** Highest resident set size of the whole process (Linux: VmHWM). */
  readonly peakMegabytes: number;
  readonly report: ScanReport;
}

const quiet = { info() {}, warn() {}, error() {} } as unknown as InvocationContext;
const startedAt = performance.now();
await scanResources({} as Timer, quiet);
const milliseconds = performance.now() - startedAt;
const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
const report = (await readReport(processServices().scanBlobs)) as ScanReport;
const measure: ScanMeasure = { milliseconds, peakMegabytes: Number(kilobytes) / 1024, report };
process.send?.(measure, () => process.exit());

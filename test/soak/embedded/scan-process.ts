// One scan in a process of its own, to be killed. Its parent takes what it hands on, one by one.
import { runScan } from '../../../shared/scan/run-scan.ts';
import { createServices } from '../../../shared/services.ts';

const services = createServices(process.env);
const { SCAN_SCOPES, SCAN_LOOKBACK, SCAN_OVERLAP } = services.settings.need(
  'SCAN_SCOPES',
  'SCAN_LOOKBACK',
  'SCAN_OVERLAP',
);

async function tell(message: object): Promise<void> {
  const taken = new Promise((resolve) => process.once('message', resolve));
  process.send?.(message);
  await taken;
}

const report = await runScan({
  scopes: SCAN_SCOPES,
  lookbackMs: SCAN_LOOKBACK,
  overlapMs: SCAN_OVERLAP,
  resourceManager: services.resourceManager,
  blobs: services.scanBlobs,
  publish: async (findings) => {
    await tell({ kind: 'handing on' });
    for (const finding of findings) await tell({ kind: 'finding', finding });
    await tell({ kind: 'handed on' });
  },
  log: { info() {}, warn() {}, error() {} },
  timeLimitMs: 90_000,
});
await tell({ kind: 'ended', report });
process.disconnect?.();

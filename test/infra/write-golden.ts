// `node test/infra/write-golden.ts`: after a wanted change of infra/, takes the snapshots anew.
import { writeFile } from 'node:fs/promises';
import { findBicep, restoreBicep } from '../../infra/find-bicep.ts';
import { goldenPath, takeSnapshot, variants } from './snapshot.ts';

const bicep = (await findBicep()) ?? (await restoreBicep());
for (const variant of variants) {
  await writeFile(goldenPath(variant), await takeSnapshot(bicep, variant));
}

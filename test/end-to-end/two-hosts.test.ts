// On Flex Consumption each kind of trigger has its own instances, so functions share no memory: a timer's run and an
// HTTP request meet in a blob.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { useLocalAzure } from '../support/local-azure.ts';
import { deploySite, startApp } from './start-deployed-app.ts';

const azure = await useLocalAzure();

// As on a machine whose developer trusts more than Node does by itself.
const { certificatePath } = azure.certificateAuthority;
const { NODE_EXTRA_CA_CERTS: before = '' } = process.env;
process.env.NODE_EXTRA_CA_CERTS = certificatePath;
after(() => {
  process.env.NODE_EXTRA_CA_CERTS = before;
});
const trusted = () => {
  const { ino, mtimeMs } = statSync(join(certificatePath, '..', 'trusted.pem'));
  return { ino, mtimeMs };
};

it('a timer in one host and an HTTP function in another share the report of the scan', async (t) => {
  const site = await deploySite(azure, {
    group: 'rg-two-hosts',
    parameters: { scanSchedule: '* * * * * *' },
  });
  const http = await startApp(azure, site, { 'AzureWebJobs.scanResources.Disabled': 'true' });
  t.after(http.stop);
  const none = await http.get('/api/scans/latest');
  assert.equal(none.status, 404);
  assert.match(String(none.body.message), /No scan has run yet/);
  const ofTheFirst = trusted();

  const timer = await startApp(azure, site, {
    'AzureWebJobs.getScan.Disabled': 'true',
    'AzureWebJobs.readSecret.Disabled': 'true',
  });
  t.after(timer.stop);
  assert.deepEqual(trusted(), ofTheFirst, 'a host that starts meanwhile may be reading it');
  await timer.printed(/Executing 'Functions\.scanResources' \(Reason='Timer fired at /);
  await timer.printed(/Executed 'Functions\.scanResources' \(Succeeded/);
  assert.equal((await timer.get('/api/scans/latest')).status, 404, 'its own is disabled');

  const report = await http.get('/api/scans/latest');
  assert.equal(report.status, 200);
  assert.equal(report.body.outcome, 'finished');
  const seen = timer.output().match(/^\[\S+\] New resource: .*$/gm) ?? [];
  assert.equal(report.body.resourcesSeen, seen.length);
  assert.doesNotMatch(http.output(), /Functions\.scanResources' \(/, 'no scan ran in this host');
});

import { it } from 'node:test';
import { startHostProcess } from './host-process.ts';
import { send } from './raw-request.ts';
it('x', async () => {
  const t = performance.now();
  const other = await startHostProcess('http-app', { env: { FROM_SETTING: '0 0 * * * *',AzureWebJobsDisableHomepage: 'true', AzureWebJobs_disabledOne_Disabled: 'true' } });
  console.log('ready', performance.now() - t);
  console.log((await send(other.baseUrl, '/')).status);
  console.log('home', performance.now() - t);
  console.log((await send(other.baseUrl, '/api/disabled/one')).status);
  other.process.disconnect();
  await other.exited;
  console.log('exited', performance.now() - t, other.output().slice(-300));
});

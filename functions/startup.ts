// Loaded with the other function files: says at once, and before any call, what is wrong with the settings.
// It never throws: the host would stay up with every route 404.
import { app } from '@azure/functions';
import { loadDatabaseDriver } from '../shared/database/load-driver.ts';
import { loadMessagingSdks } from '../shared/messaging/load-sdks.ts';
import { processServices } from '../shared/services.ts';

for (const { message } of processServices().settings.problems) {
  console.error(`CONFIG_INVALID: ${message}`);
}

// Behind the start, which waits for the hook's end: the first event should not wait for 200 ms of code.
app.hook.appStart(() => {
  const { isMessagingOn, isDatabaseOn } = processServices().settings;
  if (isMessagingOn) setImmediate(loadMessagingSdks);
  if (isDatabaseOn) setImmediate(loadDatabaseDriver);
});

app.hook.appTerminate(() => processServices().close());

// Loaded with the other function files: says at once, and before any call, what is wrong with the settings.
// It never throws: the host would stay up with every route 404.
import { app } from '@azure/functions';
import { processServices } from '../shared/services.ts';

for (const { message } of processServices().settings.problems) {
  console.error(`CONFIG_INVALID: ${message}`);
}

app.hook.appTerminate(() => processServices().close());

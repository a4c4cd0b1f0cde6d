// For streaming.test.ts: a process that starts Azurite, tells its port, and is then killed.
import { startAzurite } from '../../../../local/azure/storage/start-azurite.ts';

const port = await startAzurite('c2VjcmV0').port;
process.send?.(port);

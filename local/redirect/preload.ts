// node --import …/local/redirect/preload.ts: gives a process the embedded Azure behind Azure's own names.
// LOCAL_AZURE_REDIRECT is the JSON of a RedirectMap.
import { installRedirect, type RedirectMap } from './redirect.ts';

/** Set by the platform in App Service and Functions; WEBSITE_INSTANCE_ID is empty on Flex Consumption. */
const SET_IN_AZURE = ['WEBSITE_INSTANCE_ID', 'WEBSITE_POD_NAME', 'CONTAINER_NAME'];

const found = SET_IN_AZURE.find((name) => process.env[name]);
if (found !== undefined) {
  console.error(
    `The local redirect refuses to load: ${found} is set, so this process runs in Azure.`,
  );
  process.exit(1);
}
installRedirect(JSON.parse(process.env.LOCAL_AZURE_REDIRECT ?? '{}') as RedirectMap);

import type { Resource } from '../resource-manager/resource.ts';

/**
 * What `POST …/sites/{app}/publishxml` answers: `az functionapp show` takes the FTP address from it.
 * Pretend: nothing is published here, so the profiles have no password, and the addresses lead nowhere.
 * Source: https://learn.microsoft.com/rest/api/appservice/web-apps/list-publishing-profile-xml-with-secrets
 */
export function publishProfile({ name }: Resource): string {
  const scm = `${name}.scm.azurewebsites.net:443`;
  const profiles = [
    profile(name, 'Zip Deploy', 'ZipDeploy', scm),
    profile(name, 'FTP', 'FTP', `ftps://${name}.ftp.azurewebsites.windows.net/site/wwwroot`),
  ];
  return `<publishData>${profiles.join('')}</publishData>`;
}

/** A site's name has no character that XML would mind. */
function profile(site: string, kind: string, method: string, address: string): string {
  const attributes = {
    profileName: `${site} - ${kind}`,
    publishMethod: method,
    publishUrl: address,
    userName: `$${site}`,
    userPWD: '',
    destinationAppUrl: `https://${site}.azurewebsites.net`,
  };
  const text = Object.entries(attributes).map(([key, value]) => `${key}="${value}"`);
  return `<publishProfile ${text.join(' ')}></publishProfile>`;
}

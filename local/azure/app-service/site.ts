import type { Resource } from '../resource-manager/resource.ts';

/** A site, or a slot of one, that has a host name. */
export interface Site {
  readonly resource: Resource;
  /** Without a port, in lower case. */
  readonly hostName: string;
  readonly isLinux: boolean;
  readonly isFunctionApp: boolean;
}

const TYPES = ['microsoft.web/sites', 'microsoft.web/sites/slots'];

/** The site or slot whose `defaultHostName` it is. `host` may have a port, in any case. */
export function findSite(resources: readonly Resource[], host: string): Site | undefined {
  const hostName = host.toLowerCase().replace(/:\d+$/, '');
  const resource = resources.find(
    ({ type, properties }) =>
      TYPES.includes(type.toLowerCase()) &&
      String(properties.defaultHostName ?? '').toLowerCase() === hostName,
  );
  if (!resource) return undefined;
  const kind = resource.kind ?? '';
  return {
    resource,
    hostName,
    isLinux: resource.properties.reserved === true || /linux/i.test(kind),
    isFunctionApp: /functionapp/i.test(kind),
  };
}

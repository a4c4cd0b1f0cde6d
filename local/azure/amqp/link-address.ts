// How links and put-token name a node: `hub/Partitions/3`, `amqps://ns.servicebus.windows.net/hub`, `sb://…`.

export interface LinkAddress {
  /** Lower case; absent where the client gave a path only. */
  readonly host?: string;
  /** Without outer slashes and without `$management` at its end. */
  readonly path: string;
  readonly isManagement: boolean;
}

const SCHEME_AND_HOST = /^(?:amqps?|sb|https?|wss?):\/\/([^/?#]*)/i;

export function parseLinkAddress(address: string): LinkAddress {
  const [prefix, authority] = SCHEME_AND_HOST.exec(address) ?? [''];
  const path = address.slice(prefix.length).replace(/^\/+|\/+$/g, '');
  const isManagement = /(^|\/)\$management$/i.test(path);
  return {
    ...(authority !== undefined && { host: authority.toLowerCase().replace(/:\d+$/, '') }),
    path: isManagement ? path.replace(/\/?\$management$/i, '') : path,
    isManagement,
  };
}

import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** `host:port` → loopback port. A host that begins with a dot is a suffix: `.vault.azure.net:443`. */
export type RedirectMap = Readonly<Record<string, number>>;

/**
 * Sends production names to loopback ports in this process, by patching `dns.lookup` and
 * `net.Socket.prototype.connect`. TLS still verifies the production name. Everything else is left alone.
 * Returns the undo.
 */
export function installRedirect(map: RedirectMap): () => void {
  const entries = Object.entries(map).map(([key, target]) => {
    const colon = key.lastIndexOf(':');
    return { host: key.slice(0, colon).toLowerCase(), port: Number(key.slice(colon + 1)), target };
  });
  const fits = (pattern: string, host: string) =>
    pattern.startsWith('.') ? host.endsWith(pattern) : host === pattern;
  const isOurs = (host: unknown): boolean =>
    typeof host === 'string' && entries.some((entry) => fits(entry.host, host.toLowerCase()));
  const targetOf = (host: unknown, port: unknown): number | undefined =>
    typeof host === 'string'
      ? entries.find((entry) => entry.port === Number(port) && fits(entry.host, host.toLowerCase()))
          ?.target
      : undefined;

  const undoLookup = patchLookup(isOurs);
  const undoConnect = patchConnect(targetOf);
  syncBuiltinESMExports(); // so that `import { lookup } from 'node:dns'` sees the patch too
  return () => {
    undoLookup();
    undoConnect();
    syncBuiltinESMExports();
  };
}

const LOOPBACK = { address: '127.0.0.1', family: 4 } as const;

function patchLookup(isOurs: (host: unknown) => boolean): () => void {
  const { lookup } = dns;
  const { lookup: promisesLookup } = dns.promises;
  type Callback = (error: null, address: unknown, family?: number) => void;
  const patched = (host: string, ...rest: [unknown, Callback?]) => {
    if (!isOurs(host)) return Reflect.apply(lookup, dns, [host, ...rest]);
    const callback = (typeof rest[0] === 'function' ? rest[0] : rest[1]) as Callback;
    const all = (rest[0] as { all?: boolean } | undefined)?.all === true;
    process.nextTick(() =>
      all ? callback(null, [LOOPBACK]) : callback(null, LOOPBACK.address, LOOPBACK.family),
    );
  };
  dns.lookup = Object.assign(patched, lookup) as typeof dns.lookup;
  dns.promises.lookup = (async (host: string, options?: { all?: boolean }) => {
    if (!isOurs(host)) return Reflect.apply(promisesLookup, dns.promises, [host, options]);
    return options?.all ? [LOOPBACK] : LOOPBACK;
  }) as typeof dns.promises.lookup;
  return () => {
    dns.lookup = lookup;
    dns.promises.lookup = promisesLookup;
  };
}

function patchConnect(targetOf: (host: unknown, port: unknown) => number | undefined): () => void {
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    // net.connect and tls.connect pass one array [options, callback], already normalised.
    const normalised = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
    const options = normalised[0] as { host?: unknown; port?: unknown } | undefined;
    if (typeof options === 'object' && options !== null) {
      const target = targetOf(options.host, options.port);
      // An IP literal skips dns.lookup, so the host moves too; a name keeps it, for SNI.
      if (target !== undefined) {
        const host = net.isIP(String(options.host)) ? LOOPBACK.address : options.host;
        normalised[0] = { ...options, host, port: target };
      }
    }
    return Reflect.apply(connect, this, args) as net.Socket;
  } as typeof connect;
  return () => {
    net.Socket.prototype.connect = connect;
  };
}

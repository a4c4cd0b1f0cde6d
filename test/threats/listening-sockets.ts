// Which TCP ports a process listens on, and at which addresses, as the kernel says. Linux only.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ListeningSocket {
  /** As in /proc/net/tcp: `0100007F` is 127.0.0.1. */
  readonly address: string;
  readonly port: number;
}

export function listeningSockets(pid: number): readonly ListeningSocket[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(targetOf(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode === undefined ? [] : [inode];
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([, local = '', , state, , , , , , inode = '']) => {
        const [address = '', port = ''] = local.split(':');
        return state === LISTEN && inodes.has(inode)
          ? [{ address, port: Number.parseInt(port, 16) }]
          : [];
      }),
  );
}

const LISTEN = '0A';

/** A descriptor may be closed while it is looked at. */
function targetOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

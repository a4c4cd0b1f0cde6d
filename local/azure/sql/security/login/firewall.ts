// Server-level firewall rules [https://learn.microsoft.com/azure/azure-sql/database/firewall-configure].
import { isIPv4 } from 'node:net';
import type { FirewallRule } from './login-server.ts';

/**
 * Whether a rule lets the address in. Azure: the rule 0.0.0.0 to 0.0.0.0 stands for everything inside of Azure.
 * Pretend: loopback is the inside of Azure.
 */
export function isLetIn(address: string, rules: readonly FirewallRule[]): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  const isInside = isLoopback(plain);
  // Azure: an IPv4 rule says nothing of IPv6; loopback of IPv6 stands for the same machine.
  const number = addressNumber(plain === '::1' ? '127.0.0.1' : plain);
  return rules.some(({ startIpAddress, endIpAddress }) => {
    const start = addressNumber(startIpAddress);
    const end = addressNumber(endIpAddress);
    if (start === undefined || end === undefined) return false;
    if (start === 0 && end === 0) return isInside;
    return number !== undefined && start <= number && number <= end;
  });
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^127\./.test(address);
}

function addressNumber(address: string): number | undefined {
  if (!isIPv4(address)) return undefined;
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

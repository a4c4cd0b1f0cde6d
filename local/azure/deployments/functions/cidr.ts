// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-cidr
import { integerArgument, stringArgument } from './arguments.ts';
import { formatAddress, type Network, networkMask, parseNetwork } from './ip-network.ts';
import { refuse } from './refusal.ts';
import { type CallSite, eager, type FunctionTable } from './template-function.ts';

export const cidrFunctions: FunctionTable = {
  parseCidr: eager(1, (args, site) => describe(networkArgument(args, site))),
  cidrSubnet: eager(3, cidrSubnet),
  cidrHost: eager(2, cidrHost),
};

function networkArgument(args: readonly unknown[], site: CallSite): Network {
  const text = stringArgument(args, 0, site);
  const network = parseNetwork(text);
  if (network !== undefined) return network;
  throw refuse(`The specified CIDR '${text}' is not valid.`);
}

function describe(network: Network): Record<string, string | number> {
  const { bits, prefix, first } = network;
  const last = first + sizeOf(network) - 1n;
  const text = (address: bigint): string => formatAddress(address, bits);
  const common = { network: text(first), netmask: text(networkMask(bits, prefix)) };
  if (bits === 128) {
    return { ...common, firstUsable: text(first), lastUsable: text(last), cidr: prefix };
  }
  // Azure: a /31 and a /32 are said to have one usable address, their first (golden/engine.json).
  const isPoint = prefix >= 31;
  return {
    ...common,
    broadcast: text(last),
    firstUsable: text(isPoint ? first : first + 1n),
    lastUsable: text(isPoint ? first : last - 1n),
    cidr: prefix,
  };
}

function cidrSubnet(args: readonly unknown[], site: CallSite): string {
  const network = networkArgument(args, site);
  const prefix = integerArgument(args, 1, site);
  const index = integerArgument(args, 2, site);
  if (prefix < 0 || prefix > 255) {
    throw refuse(`The specified byte '${prefix}' is not a valid byte value (0-255).`);
  }
  if (prefix < network.prefix || prefix > network.bits) {
    throw refuse(`Could not generate subnet for network '${args[0]}' and CIDR value '${prefix}'.`);
  }
  const count = 1n << BigInt(prefix - network.prefix);
  if (index < 0 || BigInt(index) >= count) {
    throw refuse(
      `The specified subnetIndex '${index}' is not a valid index of the subnet size '${count}'.`,
    );
  }
  const size = 1n << BigInt(network.bits - prefix);
  return `${formatAddress(network.first + BigInt(index) * size, network.bits)}/${prefix}`;
}

/** The usable address of that index, counted from 0. */
function cidrHost(args: readonly unknown[], site: CallSite): string {
  const network = networkArgument(args, site);
  const index = BigInt(integerArgument(args, 1, site));
  const address = network.first + index + 1n;
  // Azure: the last address is no host in IPv6 either; -1 gives the network's own, and below it
  // the engine (golden/engine.json) goes on, which is refused here.
  if (index >= -1n && index < sizeOf(network) - 2n) return formatAddress(address, network.bits);
  throw refuse(
    `Could not calculate the CidrHost for network '${args[0]}' and CIDR value '${index}'.`,
  );
}

function sizeOf({ bits, prefix }: Network): bigint {
  return 1n << BigInt(bits - prefix);
}

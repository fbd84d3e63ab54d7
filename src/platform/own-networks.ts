/** Which addresses are in networks that this machine is part of: whoever else knocks, or is named, is none of a local network's business. */
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Tells of an address, with or without a zone, whether it is in one of these networks (`192.0.2.7/24`) or link-local IPv6. `odd` gets those that can't be read. */
export function ownNetworks(networks: readonly string[], odd: (network: string) => void): (address: string) => boolean {
  const own = new BlockList();
  for (const network of networks) {
    const [address = '', length = ''] = network.split('/');
    try {
      own.addSubnet(address, Number(length), isIPv6(address) ? 'ipv6' : 'ipv4');
    } catch {
      odd(network);
    }
  }
  return (address) => {
    const [plain = ''] = address.split('%');
    if (isIP(plain) === 0) return false;
    if (isIPv6(plain)) return /^fe[89ab]/i.test(plain) || own.check(plain, 'ipv6');
    return own.check(plain, 'ipv4');
  };
}

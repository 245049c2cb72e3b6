import type { Dispatcher } from 'undici';
import { StudyError } from '../errors.ts';

const protocols = ['http:', 'https:', 'socks:', 'socks5:'];

/**
 * Sends requests through the proxies of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. Lower-case names
 * take precedence. A proxy without a scheme, `proxy.example:3128`, is an HTTP proxy.
 *
 * @throws StudyError if one is not an address, naming its variable
 */
export async function proxyAgent(): Promise<Dispatcher> {
  const [httpProxy, httpsProxy] = [addressIn('http_proxy'), addressIn('https_proxy')];
  // Loaded at the first download: it takes 0.1 s.
  const { EnvHttpProxyAgent } = await import('undici');
  return new EnvHttpProxyAgent({
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    headersTimeout: 60_000,
    bodyTimeout: 60_000,
    connect: { timeout: 20_000 },
  });
}

function addressIn(lower: string): string | undefined {
  const name = process.env[lower] === undefined ? lower.toUpperCase() : lower;
  const value = process.env[name];
  if (!value) return undefined;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  try {
    const { protocol, username, password } = new URL(address);
    if (!protocols.includes(protocol)) throw new Error(`unknown proxy protocol ${protocol}`);
    // A stray % in them would otherwise fail only when they are sent.
    decodeURIComponent(username + password);
    return address;
  } catch (cause) {
    // A password must not reach a log.
    const shown = value.replace(/^(.*:\/\/)?.*@/, '$1…@');
    throw new StudyError(
      `${name} is not a proxy address: ${shown}`,
      `set it, for example ${name}=http://proxy.example:3128, or unset it`,
      { cause },
    );
  }
}

import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { StudyError } from '../errors.ts';

const protocols = ['http:', 'https:', 'socks:', 'socks5:'];

/**
 * What requests go through: the proxies of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in small
 * letters too, which come first. A proxy without a scheme, `proxy.example:3128`, is an HTTP one.
 *
 * @throws StudyError where one is no address, naming its variable
 */
export function proxyAgent(): Dispatcher {
  const [httpProxy, httpsProxy] = [addressIn('http_proxy'), addressIn('https_proxy')];
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
    if (!protocols.includes(protocol)) throw new Error(`no proxy speaks ${protocol}`);
    // A stray % in them would be found only where they are sent.
    decodeURIComponent(username + password);
    return address;
  } catch (cause) {
    // A password must not come into a log.
    const shown = value.replace(/^(.*:\/\/)?.*@/, '$1…@');
    throw new StudyError(
      `${name} is no address of a proxy: ${shown}`,
      `set it such as ${name}=http://proxy.example:3128, or unset it`,
      { cause },
    );
  }
}

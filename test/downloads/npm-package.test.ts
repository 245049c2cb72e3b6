import { afterEach, describe, expect, it, vi } from 'vitest';
import { npmPackage } from '../../src/downloads/npm-package.ts';

afterEach(() => vi.unstubAllEnvs());

describe('npmPackage', () => {
  it('says what npm says when there is no such package, and how to do it by hand', async () => {
    const spec = './no-such-folder/no-such-package.tgz';
    await expect(npmPackage(spec, '').fetch()).rejects.toMatchObject({
      name: 'StudyError',
      message: expect.stringMatching(/npm pack \.\/no-such.* failed: .*no such file/i),
      hint: expect.stringContaining(`\`npm pack ${spec}\` and pass the tarball by --from`),
    });
  });

  it("uses the user's registry settings, and names the registry that does not answer", async () => {
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/');
    vi.stubEnv('npm_config_fetch_retries', '0');
    vi.stubEnv('npm_config_prefer_online', 'true');
    await expect(npmPackage('nsfwjs@4.4.0', '').fetch()).rejects.toThrow('http://127.0.0.1:9/');
  });

  it.skipIf(process.platform === 'win32')('says so where there is no npm', async () => {
    vi.stubEnv('PATH', '/nowhere');
    await expect(npmPackage('nsfwjs@4.4.0', '').fetch()).rejects.toThrow('npm is not on the PATH');
  });
});

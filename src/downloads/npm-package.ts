import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode, StudyError } from '../errors.ts';
import type { Source } from './source.ts';

/**
 * A package's tarball as a model's source, taken with the user's own `npm pack`, so that their
 * registry, proxy and credentials apply. Nothing of the package is installed or run.
 *
 * @param spec name and exact version, `nsfwjs@4.4.0`
 * @param sha512 of the tarball, base64, as in the registry's `dist.integrity`
 */
export function npmPackage(spec: string, sha512: string): Source {
  const byHand = `get it with \`npm pack ${spec}\` and pass the tarball by --from`;
  return {
    description: `${spec} with npm pack`,
    digest: { algorithm: 'sha512', base64: sha512 },
    byHand,
    fetch: () => npmPack(spec, byHand),
  };
}

async function npmPack(spec: string, byHand: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'study-npm-'));
  try {
    await runNpm(spec, folder, byHand);
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
    if (!tarball) throw new StudyError(`npm pack ${spec} left no tarball`, byHand);
    return await readFile(join(folder, tarball));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runNpm(spec: string, folder: string, byHand: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: Error) =>
      reject(new StudyError(`npm pack ${spec} failed: ${why}`, byHand, { cause }));
    const child = spawn('npm', ['pack', spec, '--ignore-scripts'], {
      // On Windows npm is a .cmd, which only a shell runs. The shell would split a folder name at a
      // space, so the folder is passed in the environment; the spec is our own constant.
      shell: process.platform === 'win32',
      env: { ...process.env, npm_config_pack_destination: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-10_000);
    });
    child.on('error', (error) =>
      fail(errorCode(error) === 'ENOENT' ? 'npm is not on the PATH' : error.message, error),
    );
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else fail(firstError(complaint) ?? `exit ${code ?? signal}`);
    });
  });
}

/** npm's own message, without its prefix and the lines that only name a code or a path. */
function firstError(stderr: string): string | undefined {
  const lines = stderr.split('\n').map((line) => /^npm (?:error|ERR!) (.*)/.exec(line)?.[1]);
  return lines.find((line) => line && !/^(?:code|errno|syscall|path) /.test(line));
}

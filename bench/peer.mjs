import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('peer.py', import.meta.url));

/**
 * A Python process with the peers, kept open so that theirs and ours can be timed in turns.
 *
 * @param threads of its BLAS, OpenMP and PyTorch
 * @param python default: $STUDY_PYTHON, or python3
 */
export function openPeer(threads, python = process.env.STUDY_PYTHON ?? 'python3') {
  const names = ['OPENBLAS', 'OMP', 'MKL', 'VECLIB_MAXIMUM', 'NUMEXPR'];
  const limits = Object.fromEntries(names.map((name) => [`${name}_NUM_THREADS`, String(threads)]));
  const child = spawn(python, [script], {
    env: { ...process.env, ...limits },
    // Hides what libraries print while they load.
    stdio: ['pipe', 'pipe', process.env.BENCH_DEBUG ? 'inherit' : 'ignore'],
  });
  let gone = false;
  child.on('error', () => {
    gone = true;
  });
  child.stdin.on('error', () => {});
  const lines = createInterface(child.stdout);
  const waiting = [];
  lines.on('line', (line) => waiting.shift()?.(JSON.parse(line)));
  lines.on('close', () => {
    gone = true;
    for (const answer of waiting.splice(0)) answer({ error: `${python} has ended` });
  });

  /** `{ seconds, cpu, result }`; an error if the peer cannot do it. */
  async function ask(what, options = {}) {
    if (gone) throw new Error(`no ${python}`);
    const answered = new Promise((resolve) => waiting.push(resolve));
    child.stdin.write(`${JSON.stringify({ do: what, ...options })}\n`);
    const answer = await answered;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  return {
    threads,
    ask,
    /** Whether the peer can do something, and if not, why. */
    async can(what, options) {
      return ask(what, options).then(
        () => ({ able: true }),
        (error) => ({ able: false, reason: error.message }),
      );
    },
    async close() {
      child.stdin.end();
      if (!gone) await once(lines, 'close');
    },
  };
}

/** A peer that can do something, on the first Python that can; null if none can. */
export async function findPeer(threads, what, options) {
  for (const python of [process.env.STUDY_PYTHON, 'python3', '/usr/bin/python3']) {
    if (!python) continue;
    const peer = openPeer(threads, python);
    if ((await peer.can(what, options)).able) return peer;
    await peer.close();
  }
  return null;
}

import { fork } from 'node:child_process';
import { StudyError } from '../../errors.ts';
import type { Selection } from '../../images/open.ts';
import { CANNOT_HIDE, environmentOf } from './hidden-instructions.ts';
import type { Variation } from './variations.ts';

/** What is to be extracted, and how. */
export interface ExtractionJob {
  readonly images: string;
  readonly selection: Selection;
  /** What makes the copies that the originals are compared with, such as `jpeg:50`. */
  readonly corruption: string;
  /** The ONNX file, and the length of its features. */
  readonly model: string;
  readonly dimension: number;
  /** ONNX file of LPIPS, where there is one. */
  readonly lpips?: string | undefined;
  readonly variation: Variation;
}

/** What one repeat gave. Features are [images, dimension]. */
export interface RepeatedExtraction {
  readonly originals: Float32Array;
  readonly copies: Float32Array;
  /** Of each original and its copy. */
  readonly psnr: readonly number[];
  readonly ssim: readonly number[];
  readonly lpips: readonly number[] | null;
  /** Of the network on originals and copies, images ready in memory. */
  readonly seconds: number;
}

export type ExtractionAnswer =
  | { readonly done: number; readonly total: number }
  | { readonly result: RepeatedExtraction }
  // A user's own error has a hint.
  | { readonly error: string; readonly hint: string | undefined };

// Node 20 runs no TypeScript: from src/, as in tests, the process is the compiled one.
const processFile = new URL(
  import.meta.url.endsWith('.ts')
    ? '../../../dist/studies/jitter/extraction-process.js'
    : './extraction-process.js',
  import.meta.url,
);

/**
 * Extracts originals and copies in a process of their own, with PSNR and SSIM on the way.
 * @throws StudyError where this machine cannot do the variation, or the images cannot be read; the
 *   signal's reason once it is aborted
 */
export async function extractAgain(
  job: ExtractionJob,
  signal: AbortSignal,
  onDone: (done: number, total: number) => void,
): Promise<RepeatedExtraction> {
  const env = { ...process.env, ...(await environmentOf(job.variation.instructions)) };
  signal.throwIfAborted();
  // Not the parent's flags: a test runner's would be in the way.
  const child = fork(processFile, { env, execArgv: [], serialization: 'advanced' });
  const stop = () => child.kill();
  signal.addEventListener('abort', stop);
  try {
    return await new Promise<RepeatedExtraction>((resolve, reject) => {
      child.on('message', (answer: ExtractionAnswer) => {
        if ('done' in answer) return onDone(answer.done, answer.total);
        child.disconnect();
        if ('result' in answer) return resolve(answer.result);
        const { error, hint } = answer;
        reject(hint === undefined ? new Error(error) : new StudyError(error, hint));
      });
      child.on('error', reject);
      child.on('exit', (code, name) => {
        if (signal.aborted) return reject(signal.reason);
        if (code === CANNOT_HIDE) {
          return reject(
            new StudyError(
              'this processor cannot hide its instructions',
              'run it on a newer one, or with all of them: --instructions all',
            ),
          );
        }
        // After a result this comes too late to matter.
        reject(new Error(`the extraction ended with ${name ?? `exit code ${code}`}`));
      });
      child.send(job);
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

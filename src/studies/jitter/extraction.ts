import { fork } from 'node:child_process';
import { compiledModule } from '../../arrays/compiled.ts';
import { StudyError } from '../../errors.ts';
import type { Selection } from '../../images/open.ts';
import type { Extractor } from '../../models/extractor.ts';
import { CANNOT_HIDE, environmentOf } from './hidden-instructions.ts';
import type { Variation } from './variations.ts';

/** The images to extract, and how. */
export interface ExtractionJob {
  readonly images: string;
  readonly selection: Selection;
  /** How the copies of the originals are made, for example `jpeg:50`. */
  readonly corruption: string;
  /** The network, with the graphs around it if it is the user's own. */
  readonly extractor: Pick<Extractor, 'path' | 'dimension' | 'adapter'>;
  /** ONNX file of LPIPS, if there is one. */
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
  /** Time of the network on originals and copies, with the images in memory. */
  readonly seconds: number;
}

export type ExtractionAnswer =
  | { readonly done: number; readonly total: number }
  | { readonly result: RepeatedExtraction }
  // A user's own error has a hint.
  | { readonly error: string; readonly hint: string | undefined };

const processFile = compiledModule('studies/jitter/extraction-process');

/**
 * Extracts originals and copies in a new process, which also computes PSNR and SSIM.
 * @throws StudyError if this machine cannot do the variation, or the images cannot be read; the
 *   signal's reason once it is aborted
 */
export async function extractAgain(
  job: ExtractionJob,
  signal: AbortSignal,
  onDone: (done: number, total: number) => void,
): Promise<RepeatedExtraction> {
  const env = { ...process.env, ...(await environmentOf(job.variation.instructions)) };
  signal.throwIfAborted();
  // Without the parent's flags: those of a test runner would break the child.
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
              'use a newer processor, or --instructions all',
            ),
          );
        }
        // After a result this has no effect.
        reject(new Error(`the extraction ended with ${name ?? `exit code ${code}`}`));
      });
      child.send(job);
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

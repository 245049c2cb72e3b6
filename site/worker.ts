import { StudyError } from '../src/errors.ts';
import { answerOne, answerTwo } from './answer-file.ts';
import { openFile } from './open-file.ts';

/** What the page asks: files, and how many images are behind statistics. */
export interface FileQuestion {
  readonly generated: File;
  readonly reference: File | null;
  readonly rows: number | null;
  readonly referenceRows: number | null;
}

// Nothing leaves the browser: the page's policy lets this thread connect to nothing.
self.onmessage = async ({ data }: MessageEvent<FileQuestion>) => {
  const { generated, reference, ...sizes } = data;
  const start = performance.now();
  try {
    const first = await openFile(generated);
    const answer = reference
      ? await answerTwo(first, await openFile(reference), sizes)
      : await answerOne(first);
    postMessage({ answer, seconds: (performance.now() - start) / 1000 });
  } catch (error) {
    const [text, hint] =
      error instanceof StudyError
        ? [error.message, error.hint]
        : [`this cannot be computed: ${error}`, 'is there enough memory?'];
    postMessage({ error: text, hint });
  }
};

import { optionalSize, type Values } from './answer.ts';
import type { FileAnswer } from './answer-file.ts';
import { show, showError } from './show.ts';
import type { FileQuestion } from './worker.ts';

type Reply =
  | { readonly answer: FileAnswer; readonly seconds: number }
  | { readonly error: string; readonly hint: string };

let worker: Worker | undefined;

/** Asks the worker; a question that is still being answered is given up. */
export function askFile(form: HTMLFormElement, values: Values, into: HTMLElement): void {
  const fileOf = (name: string) => {
    const { files } = form.elements.namedItem(name) as HTMLInputElement;
    return files?.[0] ?? null;
  };
  delete into.dataset.numbers;
  const generated = fileOf('generated');
  if (!generated) {
    into.replaceChildren();
    return;
  }
  const question: FileQuestion = {
    generated,
    reference: fileOf('file-reference'),
    rows: optionalSize(values, 'rows', 'N'),
    referenceRows: optionalSize(values, 'reference-rows', 'M'),
  };
  worker?.terminate();
  worker = new Worker(new URL('worker.js', location.href), { type: 'module' });
  into.innerHTML = '<p role="status">computing in this browser …</p>';
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    if ('error' in data) return showError(into, data.error, data.hint);
    const { answer, seconds } = data;
    show(into, answer);
    const note = document.createElement('p');
    note.className = 'hint';
    note.textContent = `computed in ${seconds.toFixed(1)} s; nothing has left this browser`;
    into.append(note);
    into.dataset.numbers = JSON.stringify(answer.numbers);
    into.dataset.seconds = String(seconds);
  };
  worker.postMessage(question);
}

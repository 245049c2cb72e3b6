import { type Options, type Params, SingleBar } from 'cli-progress';
import { thousands } from '../tables/number.ts';
import { hushed } from './conventions.ts';

/** A line on stderr that shows how far a long task is. */
export interface Progress {
  /** @param note a word or two at the end of the line, e.g. `2 skipped` */
  update(done: number, total: number, note?: string): void;
  /** Prints a note on its own line, also if stderr is not a terminal. */
  notice(text: string): void;
  /** Ends the line; what was printed last stays on the screen. */
  stop(): void;
}

// The rate follows the last half minute: long enough to be steady, short enough to be true.
const windowSeconds = 30;

/**
 * Shows `label [bar] done/total unit · rate/s · time left`. Nothing is printed if stderr is not a
 * terminal, so that logs stay clean.
 */
export function showProgress(label: string, unit: string): Progress {
  const rate = new Rate();
  let bar: SingleBar | undefined;

  function format(_options: Options, { progress, value, total }: Params, payload: unknown): string {
    const { note } = payload as { note: string };
    const perSecond = rate.perSecond();
    const filled = Math.round(20 * Math.min(1, progress));
    const parts = [`${thousands(value)}/${thousands(total)} ${unit}`];
    if (perSecond > 0 && value < total) {
      parts.push(`${perSecond.toPrecision(3)}/s`, `${duration((total - value) / perSecond)} left`);
    }
    if (note) parts.push(note);
    return `${label} [${'='.repeat(filled).padEnd(20, '-')}] ${parts.join(' · ')}`;
  }

  return {
    update(done, total, note = '') {
      if (!process.stderr.isTTY || hushed()) return;
      rate.add(done, performance.now() / 1000);
      if (!bar) {
        bar = new SingleBar({ format, hideCursor: true, fps: 4 });
        bar.start(total, done, { note });
      }
      bar.setTotal(total);
      bar.update(done, { note });
    },
    notice(text) {
      stop();
      if (hushed()) return;
      console.error(`note: ${text}`);
    },
    stop,
  };

  function stop() {
    bar?.stop();
    bar = undefined;
  }
}

/** How fast a count grows, over the last half minute. */
export class Rate {
  readonly #seen: { readonly done: number; readonly at: number }[] = [];

  /** @param at seconds on any clock that never runs backward */
  add(done: number, at: number): void {
    const last = this.#seen.at(-1);
    // A falling count starts another task. Four samples a second are enough; a fast loop would fill the window with thousands.
    if (last && done < last.done) this.#seen.length = 0;
    else if (last && at - last.at < 0.25) return;
    this.#seen.push({ done, at });
    while (this.#seen.length > 2 && at - this.#seen[1]!.at > windowSeconds) this.#seen.shift();
  }

  /** 0 until it is known. */
  perSecond(): number {
    const [first, last] = [this.#seen[0], this.#seen.at(-1)];
    if (!first || !last || last.at <= first.at) return 0;
    return (last.done - first.done) / (last.at - first.at);
  }
}

/** `42 s`, `7 min`, `3 h 20 min` */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

import { Worker } from 'node:worker_threads';

/** Seconds for one input: a machine may be busy, but not so. */
const patience = 60;

/** Says where the test is: an input that is read for ever cannot be stopped from the same thread. */
export interface Watchdog {
  at(round: number, input: number): void;
  stop(): Promise<unknown>;
}

/** Ends the process, with the place of the input in a line on stderr, where it stays at one input. */
export function watchdog(name: string): Watchdog {
  const place = new Int32Array(new SharedArrayBuffer(8));
  const code = `
    const { workerData: { place, name, patience } } = require('node:worker_threads');
    let before = '';
    setInterval(() => {
      const now = 'round ' + place[0] + ', input ' + place[1];
      if (now === before) {
        require('node:fs').writeSync(2, 'hang in ' + name + ': ' + now + '\\n');
        process.kill(process.pid, 'SIGKILL');
      }
      before = now;
    }, patience * 1000);`;
  const worker = new Worker(code, { eval: true, workerData: { place, name, patience } });
  worker.unref();
  return {
    at(round, input) {
      place[0] = round;
      place[1] = input;
    },
    stop: () => worker.terminate(),
  };
}

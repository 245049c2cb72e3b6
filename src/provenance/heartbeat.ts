import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/** Locks are touched on a separate thread: a decomposition blocks the main one for seconds or more. */
export type ToHeartbeat =
  | { readonly kind: 'hold'; readonly path: string; readonly text: string }
  | { readonly kind: 'drop'; readonly text: string };

const port = parentPort;
if (!port) throw new Error('heartbeat runs as a worker thread only');

const held = new Map<string, number>();

port.on('message', (message: ToHeartbeat) => {
  const { text } = message;
  if (message.kind === 'hold') hold(message.path, text);
  else {
    const file = held.get(text);
    held.delete(text);
    if (file !== undefined) closeSync(file);
  }
});

// The file stays open: after a takeover the lock is another file under the same name.
function hold(path: string, text: string): void {
  try {
    const file = openSync(path, 'r+');
    if (readFileSync(file, 'utf8') === text) held.set(text, file);
    else closeSync(file);
  } catch {
    // Already released.
  }
}

setInterval(
  () => {
    for (const [text, file] of held) {
      try {
        // Written, not touched, so that the time comes from the file server.
        writeSync(file, text, 0);
        fdatasyncSync(file);
      } catch {
        // If the disk answers again in time, nothing is lost; if not, `Lock.check` notices.
      }
    }
  },
  (workerData as { readonly beat: number }).beat,
);

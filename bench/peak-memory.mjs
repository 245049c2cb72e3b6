// Preloaded into a command by sweep.mjs: writes the peak of its resident memory, in bytes, to its
// fourth stream when it ends. Worker threads share the process's memory, so they write nothing.
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS * 1024)));
}

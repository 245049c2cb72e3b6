import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds the page into a folder, as npm run site does. */
export function buildSite(out: string): void {
  const script = fileURLToPath(new URL('../../site/build.mjs', import.meta.url));
  execFileSync(process.execPath, [script, out], { stdio: 'pipe' });
}

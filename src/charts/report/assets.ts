import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A file of pages/, which comes with the package. */
export function pageFile(name: string): string {
  // The same relative path from src/charts/report and from dist/charts/report.
  return readFileSync(new URL(`../../../pages/${name}`, import.meta.url), 'utf8');
}

/** Hash of an inline script or style, as a Content-Security-Policy names it. */
export function cspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}

/** What every report holds: its style and its script, and the policy that allows nothing else. */
export function reportAssets(): { style: string; script: string; policy: string } {
  const style = pageFile('report.css');
  const script = pageFile('report.js');
  const policy = `default-src 'none'; style-src ${cspHash(style)}; script-src ${cspHash(script)}; base-uri 'none'; form-action 'none'`;
  return { style, script, policy };
}

/** The policy of a report, for a server's header. */
export function reportPolicy(): string {
  return `${reportAssets().policy}; frame-ancestors 'none'`;
}

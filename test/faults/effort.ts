import { appendFileSync } from 'node:fs';

/** `STUDY_FAULTS=long npm run test:faults` takes the hours that CI has not. */
export const isLong = process.env.STUDY_FAULTS === 'long';

/** Another seed gives other kills, flips and inputs; the same one gives the same. */
export const seed = process.env.STUDY_FAULTS_SEED ?? '1';

/** How many of something: in CI, and in the long form. */
export function effort(short: number, long: number): number {
  return isLong ? long : short;
}

/** Prints what was done; a line of JSON more in the file STUDY_FAULTS_LOG, to be summed up. */
export function tell(kind: string, figures: Readonly<Record<string, number | string>>): void {
  const log = process.env.STUDY_FAULTS_LOG;
  if (log) appendFileSync(log, `${JSON.stringify({ kind, seed, ...figures })}\n`);
  const words = Object.entries(figures).map(([name, value]) => `${value} ${name}`);
  console.log(`${kind}: ${words.join(', ')}`);
}

/** Faults that were found; each is printed at once, for the long form takes an hour. */
export class Faults extends Array<string> {
  add(fault: string): void {
    this.push(fault);
    console.error(fault);
  }
}

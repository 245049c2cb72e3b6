import { referencesInWords } from '../../tables/fid-caption.ts';
import { thousands } from '../../tables/number.ts';
import type { Fact, Report } from './report.ts';

type Json = Readonly<Record<string, unknown>>;

/** The words of a report: what a manifest says of its result, whatever command wrote it. */
export type Words = Pick<Report, 'title' | 'asked' | 'answer' | 'notes' | 'header' | 'facts'>;

export function wordsOf(manifest: Json): Words {
  const settings = record(manifest.settings);
  const header = Object.entries(record(manifest.header ?? settings.header)).map(
    ([label, value]) => ({ label, value: String(value) }),
  );
  const aims = header.find(({ label }) => label === 'aims')?.value;
  return {
    title: titleOf(manifest),
    asked: aims ?? askedOf(manifest),
    answer: lines(manifest.answer ?? manifest.summary),
    notes: lines(manifest.notes),
    header,
    facts: [...comparedWith(manifest), ...factsOf(manifest)],
  };
}

function titleOf(manifest: Json): string {
  const { title, experiment, study, format } = manifest;
  if (typeof title === 'string') return title;
  if (typeof experiment === 'string') {
    return study === undefined || study === experiment ? experiment : `${experiment}: ${study}`;
  }
  const [kind] = /(?<=^fid-study )\w+/.exec(String(format)) ?? ['result'];
  const name = basenameOf(record(manifest.generated).path) ?? manifest.name;
  return typeof name === 'string' ? `${kind}: ${name}` : `${kind} of FID`;
}

/** What was asked, if no experiment's header says it. */
function askedOf(manifest: Json): string {
  const { question, source, reported, corrected, ranking, reference, generated, num_ref } =
    manifest;
  if (question !== undefined) return planAsked(record(question), String(source));
  if (reported !== undefined) return correctionAsked(record(reported), record(corrected));
  const against = `against ${referencesInWords(typeof num_ref === 'number' ? num_ref : null)}`;
  if (Array.isArray(ranking)) {
    const names = ranking.map((each) => String(record(each).name)).sort();
    return `Which of ${names.join(', ')} has the smaller FID ${against}, and how sure is that?`;
  }
  if (typeof record(generated).path === 'string') {
    return `What is the FID of ${record(generated).path} ${against} (${record(reference).path}), at infinity and at other N?`;
  }
  const sizes = record(manifest.settings).sizes;
  const at = Array.isArray(sizes)
    ? ` at ${sizes.map((n) => thousands(Number(n))).join(', ')} images`
    : '';
  return `How does FID depend on the number of images${at}?`;
}

function planAsked({ bias, difference }: Json, source: string): string {
  const wanted = [
    ...(bias === undefined ? [] : [`for a bias below ${bias}`]),
    ...(difference === undefined ? [] : [`to find a difference of ${difference} of two models`]),
  ];
  return `How many images does an FID need ${wanted.join(', and ')} (${source})?`;
}

function correctionAsked(reported: Json, corrected: Json): string {
  const images = (n: unknown) => (typeof n === 'number' ? thousands(n) : 'infinitely many');
  return `What would the FID ${reported.fid} of ${images(reported.num_gen)} images be with ${images(corrected.num_gen)}?`;
}

/** Estimand and published values of a sweep: what its FIDs are compared with. */
function comparedWith({ experiment, estimand, metrics, published }: Json): Fact[] {
  const others = Array.isArray(metrics) ? metrics.map(record) : [];
  const values = Array.isArray(published) ? published.map(record) : [];
  return [
    ...(typeof experiment === 'string' ? [{ label: 'experiment', value: experiment }] : []),
    ...(record(estimand).description === undefined
      ? []
      : [{ label: 'estimand', value: String(record(estimand).description) }]),
    ...others.flatMap(({ name, estimand: own, summary }) => [
      ...(record(own).description === undefined
        ? []
        : [{ label: `estimand of ${name}`, value: String(record(own).description) }]),
      { label: String(name), value: String(summary) },
    ]),
    ...values.map(({ size, fid, label, url }) => ({
      label: `published at ${thousands(Number(size))}`,
      value: `${fid}, ${label}, ${url}`,
    })),
  ];
}

/** The sweep's own facts; else command, machine and versions, as every manifest has them. */
function factsOf({ facts, command, environment, settings }: Json): Fact[] {
  if (Array.isArray(facts)) {
    return facts.map(record).map(({ label, value }) => {
      return { label: String(label), value: String(value) };
    });
  }
  const { cpu, cores, node, study, commit } = record(environment);
  const stated: [string, unknown][] = [
    ['command', Array.isArray(command) ? command.join(' ') : undefined],
    ['settings', settings === undefined ? undefined : JSON.stringify(withoutHeader(settings))],
    ['machine', cpu === undefined ? undefined : `${cpu}, ${cores} cores`],
    ['software', study === undefined ? undefined : `fid-study ${study}, Node ${node}`],
    ['commit', commit ?? undefined],
  ];
  return stated.flatMap(([label, value]) =>
    value === undefined ? [] : [{ label, value: String(value) }],
  );
}

function withoutHeader(settings: unknown): Json {
  const { header: _, ...others } = record(settings);
  return others;
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

/** A text, or the texts of a list. */
function lines(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function basenameOf(path: unknown): string | undefined {
  return typeof path === 'string' ? path.split(/[\\/]/).filter(Boolean).at(-1) : undefined;
}

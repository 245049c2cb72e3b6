import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { plusMinus, thousands } from '../src/tables/number.ts';
import { readPerformance } from '../src/tables/performance.ts';
import { readRecords } from '../src/tables/records.ts';
import { screenTable } from '../src/tables/screen.ts';

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const readme = readFileSync(at('README.md'), 'utf8');
/** In one line, for sentences that are broken anywhere. */
const text = readme.replaceAll(/\s+/g, ' ');
const records = (path: string) => readRecords(at(`results/${path}`));
type Row = Awaited<ReturnType<typeof readRecords>>[number];
const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(at(`results/${folder}/manifest.json`), 'utf8'));

/** The body of the first Markdown table whose header has these words: its cells, row by row. */
function table(header: string): string[][] {
  const lines = readme.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|') && line.includes(header));
  expect(start, `no table in README.md with "${header}"`).toBeGreaterThan(-1);
  const body = lines.slice(start + 2);
  const end = body.findIndex((line) => !line.startsWith('|'));
  return body.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const count = (text: string) => Number(text.replaceAll(',', ''));

describe('a figure of README.md', () => {
  it('in the first example is that of results/cifar10-cfm', async () => {
    const performance = await readPerformance(at('results/cifar10-cfm/performance.csv'));
    const published = [
      { size: 5000, fid: 9.75, label: '' },
      { size: 50_000, fid: 5.12, label: '' },
    ];
    expect(readme).toContain(screenTable(performance, published));
  });

  it('of real images is that of results/cifar10-real', async () => {
    const means = (await records('cifar10-real/performance.csv')).filter(
      ({ measure }) => measure === 'mean',
    );
    const cell = (experiment: string, size: number) => {
      const row = means.find((each) => each.experiment === experiment && each.size === size);
      if (!row) return '–';
      // The one draw of a whole pool has no error: three digits.
      if (row.mcse === null) return String(Number(Number(row.value).toPrecision(3)));
      return plusMinus(Number(row.value), Number(row.mcse));
    };
    const rows = table('FID of half against half');
    const expected = rows.map(([n]) => [
      n,
      cell('null', count(n!)),
      cell('train against test', count(n!)),
    ]);
    expect(rows).toEqual(expected);
  });

  it('of the gap between 5.12 and 9.75 is that of results/cfm-gap', async () => {
    const predictions = await records('cfm-gap/predictions.csv');
    const fixed = (value: unknown) => Number(value).toFixed(2);
    const of = (route: string, start = '') =>
      predictions.filter((row) => row.route === route && String(row.label).startsWith(start));
    const range = (rows: typeof predictions) => {
      const values = rows.map(({ fid }) => Number(fid));
      return `${fixed(Math.min(...values))} to ${fixed(Math.max(...values))}`;
    };
    const one = (row: (typeof predictions)[number]) => [
      fixed(row.fid),
      `${fixed(row.lower)} to ${fixed(row.upper)}`,
    ];
    const tails = of('sensitivity').filter(({ label }) => String(label).includes(', t '));
    const gaussian = of('sensitivity').filter(({ label }) => String(label).endsWith('Gaussian'));
    expect(table('route').map((cells) => cells.slice(2))).toEqual([
      one(of('surrogate')[0]!),
      one(of('published', 'all published')[0]!),
      [range(of('published', 'all but')), ''],
      [range(gaussian), ''],
      [tails.map(({ fid }) => fixed(fid)).join(', '), ''],
      ['', ''],
    ]);
    const inside = predictions.filter((row) => row.inside === true);
    expect(inside).toHaveLength(predictions.length);
    expect(readme).toContain(`9.75 lies within all ${predictions.length} intervals`);
    const [fid, interval] = one(of('published', 'SSGAN alone')[0]!);
    expect(text).toContain(`SSGAN's two trainings, says ${fid} (${interval})`);
  });

  it('of its causes is that of results/cause, each of them', async () => {
    const gaps = await records('cause/switched-off.csv');
    const [nothing, ...others] = gaps;
    const rows = table('share of the gap that goes');
    const expected = others.map((row) => {
      const error = row.share_mcse === null ? null : 100 * Number(row.share_mcse);
      const share = 100 * Number(row.share);
      const value = error === null ? String(Number(share.toPrecision(2))) : plusMinus(share, error);
      return [String(row.switched_off), `${value} %`, String(row.draws)];
    });
    const byName = (of: string[][]) => [...of].sort(([x], [y]) => (x! < y! ? -1 : 1));
    expect(byName(rows)).toEqual(byName(expected));
    const { reported_gap: reported } = manifestOf('cause');
    const own = plusMinus(Number(nothing!.gap), Number(nothing!.mcse));
    expect(text).toContain(
      `surrogate's gap between 5,000 and 50,000 images is ${own}, that of the reported 9.75 and 5.12 is ${reported}.`,
    );
  });

  it('of rounding is that of results/jitter, and of the sampling error beside it', async () => {
    const rows = (await records('jitter/jitter.csv')).filter(
      ({ measure, status, storage }) =>
        /^fid(_one_side)?$/.test(String(measure)) && status === 'ok' && storage === 'float32',
    );
    const change = Math.max(...rows.map((row) => Number(row.change)));
    const [{ images, baseline }] = rows as [(typeof rows)[number]];
    expect(text).toContain(
      `the FID of ${images} images against their JPEG copies, ${Number(baseline).toPrecision(3)}, by ${change.toExponential(1)} at most`,
    );
    const sampling = await records('jitter/sampling.csv');
    const sd = (size: number) => {
      const row = sampling.find((each) => each.kind === 'sd' && each.size === size)!;
      const times = thousands(Number((Number(row.value) / change).toPrecision(1)));
      const basis = row.basis === 'extrapolated' ? ' (extrapolated)' : '';
      return { value: Number(row.value).toExponential(1), times, basis };
    };
    const [few, many] = [sd(5000), sd(50_000)];
    expect(text).toContain(
      `has a sampling SD of ${few.value} at 5,000 images${few.basis}, ${few.times} times as much, and of ${many.value} at 50,000${many.basis}, ${many.times} times as much`,
    );
    // The same bits, as README has it of these.
    const same = rows.filter(({ factor }) =>
      /^(run|batch_size|threads|workers)$/.test(`${factor}`),
    );
    expect(same.map((row) => row.change)).toEqual(same.map(() => 0));
    expect(new Set(same.map(({ factor }) => factor)).size).toBe(4);
  });

  it('of the usual advice is that of results/practice, in every row', async () => {
    const checks = await records('practice/practice.csv');
    const timings = await records('practice/timings.csv');
    const of = (advice: string, measure: string) =>
      checks.filter((row) => String(row.advice).startsWith(advice) && row.measure === measure);
    const wrong = (setting: string) => {
      const rows = of('the same N', 'share of draws with the wrong order');
      const share = Number(rows.find((row) => row.setting === setting)!.value);
      if (share === 0 || share === 1) return share === 0 ? 'none' : 'every draw';
      return `${(100 * share).toFixed(0)} % of draws`;
    };
    const truth = Number(of('the same N', 'difference of FID')[0]!.value).toFixed(2);
    const few = 'the better model at 5,000';
    const bias = (advice: string) =>
      of(advice, 'bias').map(({ setting, value }) => [
        String(setting).match(/[\d,]+/)![0],
        Number(value).toPrecision(2),
      ]);
    const biases = bias('at least').map(([size, value]) => `${value} at ${size}`);
    const ofReference = bias('precomputed').map(([size, value]) => `${value} at ${size}`);
    const timed = (advice: string) =>
      timings
        .filter(({ what }) => String(what).startsWith(advice))
        .map((row): Row => ({ ...row, number: String(row.what).match(/\d+/)?.[0] ?? null }));
    const [computed, read] = timed('precomputed') as [Row, Row];
    const rates = timed('larger').map(({ rate, number }) => `${rate} in batches of ${number}`);
    const [one, two] = timed('several') as [Row, Row];
    expect([one.number, two.number]).toEqual(['1', '2']);
    const changes = checks.filter(({ measure }) => String(measure).endsWith('change of features'));
    const bits = changes.every(({ value }) => value === 0) ? 'The features are the same bits.' : '';
    expect(table('what it buys')).toEqual([
      [
        'the same N for every model',
        `With ${few} images and the worse (by ${truth}) at 50,000, the worse one wins in ${wrong(`${few}, the worse at 50,000`)}; with both at 5,000 in ${wrong('both at 5,000')}, with both at 50,000 in ${wrong('both at 50,000')}.`,
      ],
      [
        'at least 50,000 images',
        `Bias ${biases.join(', ').replace(/(at [\d,]+),/, '$1 images,')}.`,
      ],
      [
        'precomputed reference statistics',
        `Of ${thousands(Number(read.count))} images ${read.seconds} s to read them, ${computed.seconds} s to compute them from features. Bias by the number of real images that they are of: ${ofReference.join(', ')}.`,
      ],
      ['larger batches', `Images/s: ${rates.join(', ')}. ${bits}`],
      [
        'several devices',
        `${two.rate} images/s by two networks on one CPU, ${one.rate} by one; no second device was there. ${bits}`,
      ],
    ]);
  });

  it('of the files of other tools is that of results/peers', async () => {
    const rows = await records('peers/files.csv');
    const of = (tool: string, d: number, files: string) => {
      const row = rows.find(
        (each) => each.tool === tool && each.dimension === d && each.files === files,
      )!;
      return { apart: Number(row.relative_difference).toExponential(1), fid: Number(row.by_study) };
    };
    const fidTo = (tool: string, d: number) => {
      const { apart, fid } = of(tool, d, 'its .npz, read by us');
      return `${apart} (FID ${fid.toPrecision(11)})`;
    };
    const back = (d: number) => of('pytorch-fid', d, 'our .npz, read by it').apart;
    const cleanFid = (files: string) => of('clean-fid', 512, files).apart;
    const [double, single] = ['float64', 'float32'].map((dtype) =>
      cleanFid(`our ${dtype} .npz, read by it`),
    );
    const statistics = of('torch-fidelity', 512, 'its statistics (.pt), read by us').apart;
    expect(table('its files, read here')).toEqual([
      ['pytorch-fid', '2,048', fidTo('pytorch-fid', 2048), back(2048)],
      ['pytorch-fid', '512', fidTo('pytorch-fid', 512), back(512)],
      [
        ...['clean-fid', '512', cleanFid('its .npz, read by us')],
        `float64: ${double}; float32: ${single}`,
      ],
      ['torch-fidelity', '512', `\`.pt\` statistics ${statistics}`, 'reads none'],
    ]);
    expect(text).toContain(`square root in float32 as well, which is ${single} off here`);
    for (const [tool, kind] of [
      ['clean-fid', '.npz'],
      ['torch-fidelity', '.pt'],
    ] as const) {
      const { apart } = of(tool, 512, `its features (${kind}), read by us`);
      expect(text).toContain(`an FID that is ${apart} apart for that`);
    }
  });

  it('of one half against the other is that of results/estimate-halves', async () => {
    const [{ method, estimate, se }] = (await records('estimate-halves/methods.csv')) as [Row];
    const [, half] = (await records('estimate-halves/plug-in.csv')) as [Row, Row];
    const { kid, fid_infinity } = manifestOf('estimate-halves');
    expect([half.size, half.basis, fid_infinity.method]).toEqual([5000, 'all', method]);
    const plugIn = Number(half.fid).toPrecision(2);
    const infinity = plusMinus(Number(estimate), Number(se)).replace('-', '−');
    const ofKid = `${Number(kid.kid.toPrecision(1))} ± ${Number(kid.se.toPrecision(1))}`;
    expect(text).toContain(
      `the plug-in FID is ${plugIn}, FID at infinity ${infinity}, KID ${ofKid}`,
    );
  });

  it('of tails is that of results/cifar10-real', async () => {
    const constants = await records('cifar10-real/constants.csv');
    const ratios = constants.map(({ fourth, gaussian }) => Number(fourth) / Number(gaussian));
    const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map((r) => r.toFixed(2));
    expect(text).toContain(`${low} to ${high} times the Gaussian one`);
  });

  it('of the estimators is that of results/estimators', async () => {
    const standings = await records('estimators/standings.csv');
    const header = readme
      .split('\n')
      .find((line) => /^\| \|( [\d,]+ \|)+$/.test(line) && line.includes('50,000'))!;
    const sizes = header.split('|').slice(2, -1).map(count);
    const rows = table(header);
    const expected = rows.map(([name]) => [
      name,
      ...sizes.map((size) => {
        const row = standings.find((each) => each.size === size && `\`${each.method}\`` === name)!;
        const ratio = Number(row.median_ratio);
        const share =
          ratio < 10 ? `${(100 * ratio).toFixed(1)} %` : `× ${thousands(Math.round(ratio))}`;
        const { coverage } = row;
        const held = coverage === null ? 'no interval' : `${(100 * Number(coverage)).toFixed(0)} %`;
        return `${share} (${held})`;
      }),
    ]);
    expect(rows).toEqual(expected);
  });

  it('of published pairs is that of results/published-pairs', async () => {
    const predictions = await records('published-pairs/predictions.csv');
    // Those marked beforehand come last; a pair alone in its data set is predicted from nothing.
    const marked = ({ use }: (typeof predictions)[number]) =>
      Number(use !== 'test' && use !== 'constant');
    const shown = predictions
      .filter(({ predicted }) => predicted !== null)
      .sort((a, b) => marked(a) - marked(b));
    const cells = table('| N | predicted | reported |');
    const fixed = (value: unknown) => Number(value).toFixed(2).replace('-', '−');
    expect(cells.map((row) => row.slice(2))).toEqual(
      shown.map(({ predicted, reported, error, lower, upper }) => [
        fixed(predicted),
        reported === 0 ? '0' : fixed(reported),
        fixed(error),
        `${fixed(lower)} to ${fixed(upper)}`,
      ]),
    );
    const { unmarked, all } = manifestOf('published-pairs').errors;
    const percent = (100 * unmarked.medianShare).toFixed(0);
    expect(text).toContain(
      `median error ${fixed(unmarked.median)}, ${percent} % of what was corrected, worst ${fixed(unmarked.worst)}`,
    );
    expect(text).toContain(`median ${fixed(all.median)}, worst ${fixed(all.worst)}`);
  });
});

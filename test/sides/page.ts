import { cfmGapGenerated, columns, type Refusal, type Side, sweepSides } from './columns.ts';
import { type Kind, kinds } from './every-kind.ts';

const cfmGap = columns.findIndex(({ command }) => command === 'reproduce cfm-gap');
const sides: readonly Side[] = [
  ...columns.slice(0, cfmGap),
  sweepSides.reference,
  sweepSides.generated,
  ...columns.slice(cfmGap),
  cfmGapGenerated,
];

/** What docs/sides.md says of each kind of side: a line each. */
export function kindLines(): string[] {
  const of = (holds: Kind['holds']) =>
    kinds.flatMap((each) => (each.holds === holds ? [each.kind] : [])).join(', ');
  return [
    `- **images**: ${of('images')}`,
    `- **features** [N, d]: ${of('features')}`,
    `- **statistics**: ${of('statistics')}`,
    `- **both**: ${of('both')}`,
  ].flatMap(wrapped);
}

/** A line of docs/, which has at most 110 characters; what follows in a list is indented. */
function wrapped(line: string): string[] {
  if (line.length <= 110) return [line];
  const end = line.lastIndexOf(' ', 110);
  return [line.slice(0, end), ...wrapped(`  ${line.slice(end + 1)}`)];
}

/** The table of docs/sides.md: every side of every command, and what becomes of each kind. */
export function sideTable(): string[] {
  return [
    '| command | side | images | features | statistics | both |',
    '|---|---|---|---|---|---|',
    ...sides.map((side) => {
      const { command, takes } = side;
      const cells = [
        `\`${command}\``,
        side.side,
        rows('yes, with `--model`', side),
        rows('yes', side),
        ofStatistics(side),
        takes === 'rows'
          ? rows('its images, with `--model`', side)
          : `its statistics${side === estimateGenerated ? '; `--size` unless N is in it' : ''}`,
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}

const estimateGenerated = sides.find(
  ({ command, side }) => command === 'estimate' && side === 'generated',
)!;

function rows(text: string, { atLeast }: Side): string {
  return atLeast === undefined ? text : `${text}; ${atLeast.toLocaleString('en')} or more`;
}

function ofStatistics(side: Side): string {
  if (side === estimateGenerated) return 'yes; `--size` unless N is in it';
  if (side.ofStatistics === undefined) return 'yes';
  return side.ofStatistics === 'Gaussian' ? 'yes, for Gaussian features' : 'no';
}

/** What is said where a side is refused. */
export function refusalLines(): string[] {
  const of = new Map<Refusal, Side[]>();
  for (const side of sides) {
    if (typeof side.ofStatistics !== 'object') continue;
    of.set(side.ofStatistics, [...(of.get(side.ofStatistics) ?? []), side]);
  }
  return [...of].flatMap(([{ message, hint }, refused]) => [
    `${[...new Set(refused.map(({ command }) => `\`${command}\``))].join(', ')}:`,
    '',
    '```',
    `study: ${message}`,
    `  ${hint}`,
    '```',
    '',
  ]);
}

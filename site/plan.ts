import { publishedPairs } from '../src/answers/correct/pairs.ts';
import { curveTable, planAnswer, planTargets, sizeNotes } from '../src/answers/plan/lines.ts';
import { planImages } from '../src/answers/plan/plan.ts';
import { publishedErrors } from '../src/answers/plan/published.ts';
import { planChart } from '../src/charts/plan.ts';
import { StudyError } from '../src/errors.ts';
import { type Answer, numberOf, optionalSize, type Values } from './answer.ts';
import { choiceOf, constantFlags } from './constant.ts';

/** How many images. */
export function plan(values: Values): Answer {
  const optional = (name: string, label: string) =>
    values[name] === undefined ? undefined : numberOf(values, name, label);
  const [bias, difference, fid] = [
    optional('bias', 'bias'),
    optional('difference', 'difference'),
    optional('fid', 'FID'),
  ];
  if (bias === undefined && difference === undefined) {
    throw new StudyError('nothing to plan for', 'give a bias, a difference or both');
  }
  if (difference !== undefined && fid === undefined) {
    throw new StudyError(
      'a difference needs the spread of FID',
      'give the FID of the models, about',
    );
  }
  for (const [label, value] of Object.entries({ bias, difference })) {
    if (value !== undefined && value <= 0) throw new StudyError(`${label} ${value}`, 'more than 0');
  }
  const isOwn = values.dataset === 'own';
  const source = publishedErrors(
    {
      dataset: isOwn ? undefined : values.dataset,
      constant: isOwn ? numberOf(values, 'constant', 'C') : undefined,
      constantSe: optional('constantSe', 'its SE'),
      fid,
    },
    choiceOf(values),
    publishedPairs(),
  );
  const referenceSize = optionalSize(values, 'reference', 'M') ?? Number.POSITIVE_INFINITY;
  const question = { bias, difference, power: 0.8, level: 0.05, correlation: 0, referenceSize };
  const found = planImages(source.errors, question);
  const flags = [
    ...(bias === undefined ? [] : [`--bias ${values.bias}`]),
    ...(difference === undefined ? [] : [`--difference ${values.difference}`]),
    ...(fid === undefined ? [] : [`--fid ${values.fid}`]),
    ...(values.reference === undefined ? [] : [`--reference-size ${values.reference}`]),
  ];
  return {
    lines: planAnswer(source.errors, question, found),
    notes: [...source.notes, ...sizeNotes(found, source.errors.constant.dimension)],
    table: curveTable(found),
    chart: planChart(source.name, found.curve, planTargets(question, found)),
    command: `study plan ${flags.join(' ')} ${constantFlags(values)}`,
  };
}

import { answerCorrection } from '../src/answers/correct/answer.ts';
import { correctionChart } from '../src/answers/correct/chart.ts';
import { explainCorrection } from '../src/answers/correct/explain.ts';
import { publishedPairs } from '../src/answers/correct/pairs.ts';
import { type Answer, numberOf, optionalSize, sizeOf, type Values } from './answer.ts';
import { constantFlags, constantOf } from './constant.ts';

/** A reported FID at another number of images. */
export function convert(values: Values): Answer {
  const fid = numberOf(values, 'fid', 'FID');
  const reference = optionalSize(values, 'reference', 'M');
  const from = { generated: sizeOf(values, 'from', 'N'), reference };
  const to = { generated: sizeOf(values, 'to', 'N′', true), reference };
  const constant = constantOf(values);
  const isExact = values.dataset === 'own' && values.constantSe === undefined;
  const question = { fid, from, to, constant, isExact };
  const { lines, notes, result } = answerCorrection(question, publishedPairs());
  const size = values.reference === undefined ? '' : ` --reference-size ${values.reference}`;
  return {
    lines,
    notes,
    why: explainCorrection(fid, from, to, constant, result, publishedPairs()),
    chart: correctionChart(question),
    command: `study correct --fid ${values.fid} --from ${values.from} --to ${values.to}${size} ${constantFlags(values)}`,
  };
}

import {
  type ConstantChoice,
  datasetConstant,
  givenConstant,
} from '../src/answers/correct/bias-constant.ts';
import type { NetworkName } from '../src/answers/correct/networks.ts';
import {
  type LabelProtocol,
  labelProtocols,
  publishedPairs,
} from '../src/answers/correct/pairs.ts';
import { numberOf, type Values } from './answer.ts';

/** The constant that a form chooses: of a data set, or a number. */
export function constantOf(values: Values) {
  const { dataset = 'cifar10' } = values;
  if (dataset !== 'own') return datasetConstant(dataset, publishedPairs(), choiceOf(values));
  const se = values.constantSe === undefined ? 0 : numberOf(values, 'constantSe', 'its SE');
  return givenConstant(numberOf(values, 'constant', 'C'), se, publishedPairs());
}

export function choiceOf({ labels, model }: Values): ConstantChoice {
  const protocol = labelProtocols.find((each) => each === labels);
  return {
    labelProtocol: (protocol ?? null) satisfies LabelProtocol | null,
    ...(model !== undefined && { network: model as NetworkName }),
  };
}

/** The flags that choose the same on the command line. */
export function constantFlags({
  dataset = 'cifar10',
  labels,
  model,
  constant,
  constantSe,
}: Values) {
  if (dataset === 'own') {
    return `--constant ${constant}${constantSe === undefined ? '' : ` --constant-se ${constantSe}`}`;
  }
  const byModel = model === undefined ? '' : ` --model ${model}`;
  return `--dataset ${dataset}${byModel}${labels === undefined ? '' : ` --label-protocol ${labels}`}`;
}

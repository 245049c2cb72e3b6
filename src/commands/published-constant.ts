import { type Command, Option } from 'commander';
import { type ConstantChoice, datasetsWithConstant } from '../answers/correct/bias-constant.ts';
import { type NetworkName, networkNames } from '../answers/correct/networks.ts';
import { type LabelProtocol, labelProtocols, publishedPairs } from '../answers/correct/pairs.ts';
import { StudyError } from '../errors.ts';

/** Flags of commands that use the constant of a data set. */
export interface PublishedConstantFlags {
  readonly dataset?: string | undefined;
  readonly labelProtocol?: LabelProtocol | undefined;
  /** The extractor for images; the network for published numbers. */
  readonly model?: string | undefined;
}

/** Adds --dataset and --label-protocol. */
export function withPublishedConstant(command: Command): Command {
  const others = networkNames
    .slice(1)
    .map((name) => `${datasetsWithConstant(publishedPairs(), name).join(', ')} by --model ${name}`);
  return command
    .option(
      '--dataset <name>',
      `with the constant of published pairs: ${knownDatasets()}; ${others.join('; ')}`,
    )
    .addOption(
      new Option(
        '--label-protocol <how>',
        'with --dataset: how labels of the generated images are drawn; balanced is the same number of each class, none an unconditional model (default: the interval covers all)',
      ).choices(labelProtocols),
    );
}

/** Data sets that have a constant of FID. */
export function knownDatasets(): string {
  return datasetsWithConstant(publishedPairs()).join(', ');
}

/** @throws StudyError for a protocol without a data set, or a network without published pairs */
export function constantChoice({
  dataset,
  labelProtocol,
  model,
}: PublishedConstantFlags): ConstantChoice {
  if (dataset === undefined) {
    if (labelProtocol === undefined) return {};
    throw new StudyError(
      `--label-protocol ${labelProtocol} without --dataset`,
      'your own constant holds for the labels that it was measured with',
    );
  }
  if (model !== undefined && !networkNames.includes(model as NetworkName)) {
    throw new StudyError(
      `no published constants of the network: ${model}`,
      `known: ${networkNames.join(', ')}; for others give --reference, or --constant`,
    );
  }
  return {
    ...(model !== undefined && { network: model as NetworkName }),
    labelProtocol: labelProtocol ?? null,
  };
}

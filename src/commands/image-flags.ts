import { type Command, Option } from 'commander';
import { type Provider, providers } from '../embeddings/provider.ts';
import { modelNames } from '../models/registry.ts';
import { deviceList } from './device-list.ts';
import { wholeNumber } from './whole-number.ts';

/** Flags of commands that take images beside features: they matter for images alone. */
export interface ImageFlags {
  readonly model?: string;
  readonly mode?: string;
  readonly batchSize?: number;
  readonly threads?: number;
  readonly provider?: Provider;
  readonly devices?: readonly number[];
  readonly deterministic?: boolean;
  readonly skipBad?: boolean;
}

/** The flag of the preprocessing mode, wherever there is one of the model. */
export const modeFlag = [
  '--mode <mode>',
  'for images: how they are resized, of fid-inception legacy_tensorflow, legacy_pytorch or clean',
] as const;

export const modeHelp =
  'Modes of fid-inception: legacy_tensorflow (the default) resizes as TTUR and torch-fidelity do; in it\n' +
  'the FIDs of Conditional Flow Matching (5.12 and 9.75) were measured. legacy_pytorch resizes as\n' +
  'pytorch-fid, clean as clean-fid. FIDs of different modes are not comparable.';

/** What `--model` takes. */
export const modelHelp = `the feature extractor: ${modelNames.join(', ')}, or FILE.onnx of your own (see study models inspect)`;

/** The flag that spreads the network over several devices. */
export const devicesFlag = [
  '--devices <list>',
  'with --provider cuda or dml: devices to deal batches out to, such as 0,1',
  deviceList,
] as const;

/** Adds the flags of `ImageFlags`, the same words as in `study extract`. */
export function withImageFlags(command: Command): Command {
  return command
    .option('--model <name>', `for images: ${modelHelp}`)
    .option(...modeFlag)
    .option(
      '--batch-size <n>',
      'for images: images a run of the network',
      wholeNumber('--batch-size', 1),
    )
    .option('--threads <n>', 'for images: threads of the network', wholeNumber('--threads', 1))
    .addOption(
      new Option('--provider <name>', 'for images: where the network runs').choices(providers),
    )
    .option(...devicesFlag)
    .option('--deterministic', 'for images: bit-identical features from run to run')
    .option('--skip-bad', 'for images: go on without those that cannot be decoded');
}

/** What a path may be, wherever a command takes one side of a comparison. */
export const sideHelp =
  'a folder that `study extract` wrote; features [N, d] (a .npy, an .npz with feats as of clean-fid, a\n' +
  '.pt as of torch-fidelity); statistics (an .npz with mu and sigma as of pytorch-fid, clean-fid and ADM,\n' +
  'a .pt as of torch-fidelity); or images (a folder, .zip, .npz with arr_0, CIFAR-10 .bin, cifar10:train),\n' +
  'whose features are extracted with --model and cached on the way. An .npz of both is taken as\n' +
  'statistics where these are enough.\n\n' +
  modeHelp;

import { type Command, Option } from 'commander';
import { type NetworkOptions, networkOptions } from '../embeddings/options.ts';
import { providers } from '../embeddings/provider.ts';
import { modelNames } from '../models/registry.ts';
import { deviceList } from './device-list.ts';
import { wholeNumber } from './whole-number.ts';

/** Flags of commands that take images, or images or features: they are for images alone. */
export interface ImageFlags extends NetworkOptions {
  readonly model?: string | undefined;
  readonly mode?: string | undefined;
}

/** Those of a command's flags, by name. */
export function imageOptions(flags: ImageFlags): ImageFlags {
  const { model, mode } = flags;
  return { model, mode, ...networkOptions(flags) };
}

/** The flag of the preprocessing mode, wherever there is one of the model. */
export const modeFlag = [
  '--mode <mode>',
  'how images are resized, of fid-inception legacy_tensorflow, legacy_pytorch or clean',
] as const;

export const modeHelp =
  'Modes of fid-inception: legacy_tensorflow (the default) resizes as TTUR and torch-fidelity do; in it\n' +
  'the FIDs of Conditional Flow Matching (5.12 and 9.75) were measured. legacy_pytorch resizes as\n' +
  'pytorch-fid, clean as clean-fid. FIDs of different modes are not comparable.';

/** What `--model` takes. */
export const modelHelp = `the feature extractor: ${modelNames.join(', ')}, or FILE.onnx of your own (see study models inspect)`;

/** Adds the flags of `ImageFlags` to a command that takes features too. */
export function withImageFlags(command: Command): Command {
  return withNetworkFlags(command.optionsGroup('For images:').option('--model <name>', modelHelp));
}

/** Adds the same but for the model: how a network is run over images. */
export function withNetworkFlags(command: Command): Command {
  return command
    .option(...modeFlag)
    .option(
      '--batch-size <n>',
      'images a run of the network (default: 32)',
      wholeNumber('--batch-size', 1),
    )
    .option('--threads <n>', 'threads of the network (default: all)', wholeNumber('--threads', 1))
    .addOption(
      new Option('--provider <name>', 'where the network runs (default: cpu)').choices(providers),
    )
    .option(
      '--devices <list>',
      'with --provider cuda or dml: devices to deal batches out to, such as 0,1',
      deviceList,
    )
    .option('--deterministic', 'features of the same bits in each run, and nothing reused')
    .option(
      '--networks <n>',
      'with --deterministic: networks side by side (default: one a core)',
      wholeNumber('--networks', 1),
    )
    .option('--skip-bad', 'go on without images that cannot be decoded, and list them');
}

/** What a path may be, wherever a command takes one side of a comparison. */
export const sideHelp =
  'a folder that `study extract` wrote; features [N, d] (a .npy, an .npz with feats as of clean-fid, a\n' +
  '.pt as of torch-fidelity); statistics (an .npz with mu and sigma as of pytorch-fid, clean-fid and ADM,\n' +
  'a .pt as of torch-fidelity); or images (a folder, .zip, .npz with arr_0, CIFAR-10 .bin, cifar10:train),\n' +
  'whose features are extracted with --model and cached on the way. An .npz of both is taken as\n' +
  'statistics where these are enough.\n\n' +
  modeHelp;

import { type Command, Option } from 'commander';
import { type NetworkOptions, networkOptions } from '../embeddings/options.ts';
import { providers } from '../embeddings/provider.ts';
import { modelNames } from '../models/registry.ts';
import { deviceList } from './device-list.ts';
import { wholeNumber } from './whole-number.ts';

/** Flags that apply to images only, of commands that take images. */
export interface ImageFlags extends NetworkOptions {
  readonly model?: string | undefined;
  readonly mode?: string | undefined;
  readonly column?: string | undefined;
}

/** Picks these flags of a command by name. */
export function imageOptions(flags: ImageFlags): ImageFlags {
  const { model, mode, column } = flags;
  return { model, mode, column, ...networkOptions(flags) };
}

/** The flag of the preprocessing mode, for every command with `--model`. */
export const modeFlag = [
  '--mode <mode>',
  'how images are resized; fid-inception has legacy_tensorflow, legacy_pytorch and clean',
] as const;

export const modeHelp =
  'Modes of fid-inception: legacy_tensorflow (the default) resizes like TTUR and torch-fidelity; the FIDs\n' +
  'of Conditional Flow Matching (5.12 and 9.75) were measured in it. legacy_pytorch resizes like\n' +
  'pytorch-fid, clean like clean-fid. FIDs of different modes are not comparable.';

/** What `--model` takes. */
export const modelHelp = `the feature extractor: ${modelNames.join(', ')}, or your own FILE.onnx (see study models inspect)`;

/** Adds the flags of `ImageFlags` to a command that also takes features. */
export function withImageFlags(command: Command): Command {
  return withNetworkFlags(command.optionsGroup('For images:').option('--model <name>', modelHelp));
}

/** Adds all of them but `--model`. */
export function withNetworkFlags(command: Command): Command {
  return command
    .option(...modeFlag)
    .option(
      '--batch-size <n>',
      'images per run of the network (default: 32)',
      wholeNumber('--batch-size', 1),
    )
    .option('--threads <n>', 'threads of the network (default: all)', wholeNumber('--threads', 1))
    .addOption(
      new Option('--provider <name>', 'where the network runs (default: cpu)').choices(providers),
    )
    .option(
      '--devices <list>',
      'with --provider cuda or dml: devices that share the batches, such as 0,1',
      deviceList,
    )
    .option('--deterministic', 'features with the same bits in every run; nothing is reused')
    .option(
      '--networks <n>',
      'with --deterministic: networks in parallel (default: one per core)',
      wholeNumber('--networks', 1),
    )
    .option('--column <name>', 'of Parquet files: the column of images, if there are several')
    .option('--skip-bad', 'skip images that cannot be decoded, and list them');
}

/** What a path may be, for every command that takes a side. */
export const sideHelp =
  'a folder that `study extract` wrote; features [N, d] (a .npy, an .npz with feats of clean-fid, a .pt\n' +
  'of torch-fidelity); statistics (an .npz with mu and sigma of pytorch-fid, clean-fid or ADM, a .pt of\n' +
  'torch-fidelity); or images (a folder, .zip, .tar, .parquet, .npy or .npz uint8 [N, H, W, 3], CIFAR-10\n' +
  '.bin, cifar10:train; several files as shard-{000..127}.tar or data/*.parquet; or a generator:\n' +
  'GEN.onnx:COUNT:SEED), which are extracted with --model and cached. From an .npz with both,\n' +
  'statistics are used if they are enough.\n\n' +
  modeHelp;

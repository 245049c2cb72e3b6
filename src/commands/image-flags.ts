import { type Command, Option } from 'commander';
import { type NetworkOptions, networkOptions } from '../embeddings/options.ts';
import { providers } from '../embeddings/provider.ts';
import { modelNames } from '../models/names.ts';
import { deviceList } from './device-list.ts';
import { wholeNumber } from './whole-number.ts';

/** Flags that apply to images only, of commands that take images. */
export interface ImageFlags extends NetworkOptions {
  readonly model?: string | undefined;
  readonly mode?: string | undefined;
  readonly column?: string | undefined;
}

/** Flags of every command that takes sides. */
export interface SideFlags extends ImageFlags {
  readonly entry?: readonly string[] | undefined;
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

/** Adds the flags of `SideFlags` to a command that takes sides. */
export function withImageFlags(command: Command): Command {
  const images = command.option(...entryFlag).optionsGroup('For images:');
  return withNetworkFlags(images.option('--model <name>', modelHelp));
}

/** Of a file that holds several sets. */
export const entryFlag: [flags: string, description: string, collect: typeof collected] = [
  '--entry <name>',
  'the set to take from a file that holds several, such as fd_dinov2 (repeatable)',
  collected,
];

function collected(name: string, before: readonly string[] = []): readonly string[] {
  return [...before, name];
}

/** Adds all of them but `--model`. */
export function withNetworkFlags(command: Command): Command {
  return command
    .option(...modeFlag)
    .option(
      '--batch-size <n>',
      'images per run of the network (default: 16, or 32 on a GPU)',
      wholeNumber('--batch-size', 1),
    )
    .option('--threads <n>', 'threads of each network (default: 1)', wholeNumber('--threads', 1))
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
      'networks in parallel (default: one per core; one with --threads)',
      wholeNumber('--networks', 1),
    )
    .option('--column <name>', 'of Parquet files: the column of images, if there are several')
    .option('--skip-bad', 'skip images that cannot be decoded, and list them');
}

/** What a path may be, for every command that takes a side. */
export const sideHelp =
  'a folder that `study extract` wrote; features [N, d] (a .npy, or one array in an .npz, .pt,\n' +
  '.safetensors or .pkl); statistics (mu and sigma in an .npz, .pt, .safetensors or .pkl); or images (a\n' +
  'folder, .zip, .tar, .parquet, .npy or .npz uint8 [N, H, W, 3], CIFAR-10 .bin, cifar10:train; several\n' +
  'files as shard-{000..127}.tar or data/*.parquet; or a generator: GEN.onnx:COUNT:SEED), which are\n' +
  'extracted with --model and cached. From a file with both, statistics are used if they are enough.\n' +
  'docs/sides.md lists the tools.\n\n' +
  modeHelp;

"""Holds `study` against the tools whose files it reads and writes: pytorch-fid, clean-fid, torch-fidelity.

    python3 test/peers/files.py FEATURES.npy --pytorch-fid DIR --clean-fid DIR --torch-fidelity DIR

FEATURES.npy is [N, d]: its first half is the reference, its second half the generated set. Each DIR is a
checkout of the tool's public source. Needs NumPy, SciPy, PyTorch and torchvision, and `npm run build`.

Each tool writes files of both halves with its own code (only the network is replaced: it "extracts" the
features at hand), computes their FID with its own function, and reads what `study stats` wrote where it
reads such files at all. Prints a line a pair of files: FID by the tool, FID by `study fid`, and their
relative difference. Exits with 1 where one is beyond --tolerance. --csv FILE adds the lines to a table,
which results/peers/files.csv is: the golden CIFAR-10 features, by pytorch-fid alone, and with
--dimensions 512, their leading ones, by all three.
"""

import argparse
import contextlib
import csv
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import types
import warnings
from pathlib import Path

import numpy as np

warnings.filterwarnings('ignore')
STUDY = Path(__file__).resolve().parents[2] / 'bin' / 'study.js'
LOADERS = {}
COLUMNS = ['tool', 'dimension', 'rows', 'files', 'by_tool', 'by_study', 'relative_difference']


def loads(name):
    """Marks the check of one tool."""
    return lambda check: LOADERS.setdefault(name, check)


def study(*args):
    run = subprocess.run(['node', STUDY, *map(str, args)], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f'study {" ".join(map(str, args))}: {run.stderr}')
    return run.stdout


def fid(reference, generated):
    return json.loads(study('fid', reference, generated, '--json'))['fid']


@loads('pytorch_fid')
def pytorch_fid(checkout, halves, ours, work):
    sys.path.insert(0, str(checkout / 'src'))
    from pytorch_fid import fid_score as tool

    class NoNetwork:
        BLOCK_INDEX_BY_DIM = {halves[0].shape[1]: 3}
        __init__ = lambda self, blocks: None
        to = lambda self, device: self

    tool.InceptionV3 = NoNetwork
    d = halves[0].shape[1]
    theirs = []
    for i, half in enumerate(halves):
        # Its activations are float64, whatever the network gives.
        tool.get_activations = lambda *_, half=half: half.astype('f8')
        images, out = work / f'images-{i}', work / f'pytorch-fid-{i}.npz'
        images.mkdir()
        tool.save_fid_stats([str(images), str(out)], 50, 'cpu', d)
        theirs.append(out)

    def distance(files):
        moments = [tool.compute_statistics_of_path(str(each), None, 50, d, 'cpu') for each in files]
        return tool.calculate_frechet_distance(*moments[0], *moments[1])

    value = distance(theirs)
    yield 'its .npz, read by us', value, fid(*theirs)
    yield 'one of ours, one of its', value, fid(ours['float64'][0], theirs[1])
    yield 'our .npz, read by it', distance(ours['float64']), fid(*ours['float64'])


@loads('clean_fid')
def clean_fid(checkout, halves, ours, work):
    sys.path.insert(0, str(checkout))
    from cleanfid import features, fid as tool

    tool.build_feature_extractor = lambda *_, **__: None
    stats = Path(features.__file__).parent / 'stats'
    shutil.rmtree(stats, ignore_errors=True)
    for i, half in enumerate(halves):
        tool.get_folder_features = lambda *_, half=half, **__: half
        tool.make_custom_stats(f'half-{i}', str(work), mode='clean', device='cpu')

    def distance(names):
        load = lambda name: features.get_reference_statistics(name, 'na', mode='clean', split='custom')
        return tool.frechet_distance(*load(names[0]), *load(names[1]))

    files = lambda kind: [stats / f'half-{i}_clean_custom_na{kind}.npz' for i in (0, 1)]
    value = distance(['half-0', 'half-1'])
    yield 'its .npz, read by us', value, fid(*files(''))
    yield 'its features (.npz), read by us', value, fid(*files('_kid'))
    for dtype, each in ours.items():
        for i in (0, 1):
            shutil.copy(each[i], stats / f'{dtype}-{i}_clean_custom_na.npz')
        read_by_it = distance([f'{dtype}-0', f'{dtype}-1'])
        yield f'our {dtype} .npz, read by it', read_by_it, fid(*each)


@loads('torch_fidelity')
def torch_fidelity(checkout, halves, ours, work):
    sys.path.insert(0, str(checkout))
    import torch
    from torch_fidelity import metric_fid as tool, utils

    features = {f'half-{i}': torch.from_numpy(half) for i, half in enumerate(halves)}
    extractor = types.SimpleNamespace(
        get_name=lambda: 'inception', get_requested_features_list=lambda: ['2048']
    )
    utils.get_cacheable_input_name = tool.get_cacheable_input_name = lambda name, **_: name
    utils.extract_featuresdict_from_input_id = lambda name, *_, **__: {'2048': features[name]}
    settings = {'cache': True, 'cache_root': str(work), 'verbose': False}
    statistics = [
        tool.fid_input_id_to_statistics_cached(name, extractor, '2048', **settings)
        for name in features
    ]
    (value,) = tool.fid_statistics_to_metric(*statistics, verbose=False).values()
    files = lambda kind: [work / f'{name}-inception-{kind}-2048.pt' for name in features]
    yield 'its statistics (.pt), read by us', value, fid(*files('stat-fid'))
    yield 'its features (.pt), read by us', value, fid(*files('features'))


def append(path, row):
    new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open('a', newline='') as file:
        table = csv.writer(file, lineterminator='\n')
        table.writerows([COLUMNS, row] if new else [row])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('features', type=Path)
    parser.add_argument('--tolerance', type=float, default=1e-5, help='relative')
    parser.add_argument('--dimensions', type=int, help='leading dimensions to take (default: all)')
    parser.add_argument('--csv', type=Path, help='table to add the lines to')
    for name in LOADERS:
        parser.add_argument(f'--{name.replace("_", "-")}', type=Path, metavar='DIR', dest=name)
    args = parser.parse_args()
    # A bar on the screen, which nothing here depends on.
    if not importlib.util.find_spec('tqdm'):
        sys.modules['tqdm'] = types.SimpleNamespace(tqdm=lambda each, **_: each)

    all_rows = np.load(args.features)[:, : args.dimensions].astype('f4')
    halves = np.array_split(all_rows, 2)
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ.setdefault('STUDY_CACHE', str(work / 'cache'))
        ours = {'float64': [], 'float32': []}
        for i, half in enumerate(halves):
            np.save(work / f'half-{i}.npy', half)
            for dtype, files in ours.items():
                files.append(work / f'ours-{dtype}-{i}.npz')
                study('stats', work / f'half-{i}.npy', '--out', files[-1], '--dtype', dtype)
        print(f'{len(halves[0])} against {len(halves[1])} features of {all_rows.shape[1]} dimensions')
        print('study fid of the features themselves:', fid(work / 'half-0.npy', work / 'half-1.npy'))
        print('\n| tool | files | FID by the tool | FID by study | relative difference |')
        print('|---|---|---|---|---|')
        for name, check in LOADERS.items():
            checkout = getattr(args, name)
            if not checkout:
                continue
            lines = check(checkout, halves, ours, work)
            while True:
                with contextlib.redirect_stdout(io.StringIO()):
                    line = next(lines, None)
                if line is None:
                    break
                what, theirs, mine = line
                apart = abs(theirs - mine) / abs(theirs)
                worst = max(worst, apart)
                print(f'| {name.replace("_", "-")} | {what} | {theirs:.12g} | {mine:.12g} | {apart:.1e} |', flush=True)
                if args.csv:
                    row = [name.replace('_', '-'), all_rows.shape[1], len(halves[0]), what, theirs, mine, apart]
                    append(args.csv, row)
    return int(not worst <= args.tolerance)


if __name__ == '__main__':
    sys.exit(main())

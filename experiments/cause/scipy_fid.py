"""pytorch-fid's distance, in double and in single precision, as JSON; called by scipy.mjs."""
import json
import platform
import sys

import numpy as np
import scipy
from scipy import linalg

folder, d, *sizes = sys.argv[1], int(sys.argv[2]), *map(int, sys.argv[3:])


def read(name, *shape):
    return np.fromfile(f"{folder}/{name}").reshape(shape)


def distance(mu, p, q):
    # As in pytorch_fid/fid_score.py: sqrtm of the product, its real part.
    covmean = linalg.sqrtm(p.dot(q))
    return float(mu.dot(mu) + np.trace(p) + np.trace(q) - 2 * np.trace(covmean.real))


q = np.diag(read("q", d))
draws = []
for size in sizes:
    mu, p = read(f"mu-{size}", d), read(f"p-{size}", d, d)
    single = [each.astype(np.float32) for each in (mu, p, q)]
    draws.append({"size": size, "draw": 1, "float64": distance(mu, p, q), "float32": distance(*single)})
versions = {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__}
print(json.dumps({"script": "experiments/cause/scipy.mjs", "versions": versions, "draws": draws}, indent=2))

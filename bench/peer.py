"""The peers: NumPy, SciPy, pytorch-fid's own function, PyTorch. Reads a line of JSON, does what it
asks for, and answers with a line: the seconds that it took, of wall and of processor time. Stays
open between questions, so that ours and theirs can be measured in turns."""
import importlib
import json
import os
import resource
import sys
import time
import types
import warnings

warnings.filterwarnings("ignore")  # SciPy's about sqrtm's `disp`, on every call


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return {
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "result": result,
    }


known = {}


def once(key, make):
    if key not in known:
        known[key] = make()
    return known[key]


def versions(_):
    import numpy as np

    found = {"Python": sys.version.split()[0], "NumPy": np.__version__}
    try:
        blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        name = "OpenBLAS" if "openblas" in blas["name"] else blas["name"]
        found[name] = blas["version"]
    except Exception:
        found["BLAS"] = "unknown"
    for module, name in (("scipy", "SciPy"), ("torch", "PyTorch"), ("torchvision", "torchvision")):
        try:
            found[name] = importlib.import_module(module).__version__
        except ImportError:
            pass
    return {"result": found}


def neighbours(ask):
    """Precision and recall (k = 3) of two sets of float32 rows by torch.cdist and kthvalue."""
    import torch

    n, d = ask["rows"], ask["dimension"]

    def make():
        torch.manual_seed(1)
        return torch.randn(n, d), torch.randn(n, d)

    x, y = once(("neighbours", n, d), make)

    def work():
        radius = [torch.cdist(s, s).kthvalue(4, dim=1).values for s in (x, y)]
        apart = torch.cdist(x, y)
        precision = (apart <= radius[0][:, None]).any(0).float().mean()
        recall = (apart <= radius[1][None]).any(1).float().mean()
        return [float(precision), float(recall)]

    return timed(work)


def gemm(ask):
    import numpy as np

    n = ask["n"]
    a = once(("gemm", n), lambda: np.random.default_rng(1).standard_normal((n, n)))
    return timed(lambda: float((a @ a)[0, 0]))


def copy(ask):
    import numpy as np

    n = ask["bytes"] // 8
    source, target = once(("copy", n), lambda: (np.ones(n), np.zeros(n)))
    return timed(lambda: np.copyto(target, source))


def products(ask):
    import numpy as np

    shape = (ask["rows"], ask["dimension"])
    x = once(("rows", shape), lambda: np.random.default_rng(1).standard_normal(shape))
    return timed(lambda: float((x.T @ x)[0, 0]))


def normals(ask):
    import numpy as np

    dtype, count = np.dtype(ask["dtype"]), ask["count"]
    out, generator = once(dtype, lambda: (np.empty(count, dtype), np.random.default_rng(1)))

    def work():
        for _ in range(ask["times"]):
            generator.standard_normal(out=out, dtype=dtype)

    return timed(work)


def decomposition(ask):
    """`eigvalsh`, `eigh` or `cholesky` of the same matrix as in eigenvalues.mjs."""
    import numpy as np

    n = ask["n"]

    def matrix():
        i, j = np.mgrid[0:n, 0:n].astype(np.int64)
        i, j = np.maximum(i, j), np.minimum(i, j)
        scrambled = (7919 * i * i + 104729 * j * j + 15485863 * i * j) % 1000003
        return scrambled / 500001 - 1 + n * np.eye(n)

    a = once(("matrix", n), matrix)
    answer = timed(lambda: getattr(np.linalg, ask["function"])(a))
    answer["result"] = float(answer["result"][-1]) if ask["function"] == "eigvalsh" else None
    return answer


def find_pytorch_fid():
    """Makes a checkout in $PYTORCH_FID importable."""
    checkout = os.environ.get("PYTORCH_FID")
    if checkout:
        for folder in (checkout, os.path.join(checkout, "src")):
            if os.path.isdir(os.path.join(folder, "pytorch_fid")):
                sys.path.insert(0, folder)


def pytorch_fid_function():
    """pytorch-fid's `calculate_frechet_distance` as it stands in its own file. That file imports
    PyTorch, which this function does not use: where it is absent, empty modules stand in."""
    find_pytorch_fid()

    class Absent(types.ModuleType):
        """Answers every attribute: with a class for a class name, else with a module."""

        __path__ = []

        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (), {}) if name[0].isupper() else Absent(name)

    outside = ("torch", "torch.nn", "torch.nn.functional", "torchvision", "torchvision.transforms")
    for name in (*outside, "PIL"):
        try:
            importlib.import_module(name)
        except ImportError:
            sys.modules[name] = Absent(name)
    if isinstance(sys.modules["torch"], Absent):
        inception = Absent("pytorch_fid.inception")
        inception.InceptionV3 = type("InceptionV3", (), {"BLOCK_INDEX_BY_DIM": {2048: 3}})
        sys.modules["pytorch_fid.inception"] = inception
    return importlib.import_module("pytorch_fid.fid_score").calculate_frechet_distance


def frechet(mu1, sigma1, mu2, sigma2):
    return float(once("frechet", pytorch_fid_function)(mu1, sigma1, mu2, sigma2))


def expert_frechet(mu1, sigma1, mu2, sigma2):
    """What somebody would write who knows LAPACK: with sigma2 = L L^T, the eigenvalues of
    L^T sigma1 L are those of sigma1 sigma2."""
    import numpy as np
    from scipy.linalg import blas, cholesky

    lower = cholesky(sigma2, lower=True, check_finite=False)
    half = blas.dtrmm(1.0, lower, sigma1, side=0, lower=1, trans_a=1)
    both = blas.dtrmm(1.0, lower, half, side=1, lower=1)
    roots = np.sqrt(np.clip(np.linalg.eigvalsh(both), 0, None))
    difference = mu1 - mu2
    return float(difference @ difference + np.trace(sigma1) + np.trace(sigma2) - 2 * roots.sum())


def expert_statistics(x):
    """Mean and covariance of float32 rows, multiplied in float32."""
    import numpy as np

    mean = x.mean(axis=0, dtype="f8")
    x = x - mean.astype("f4")
    return mean, (x.T @ x).astype("f8") / (len(x) - 1)


def expert(_):
    once("expert", lambda: importlib.import_module("scipy.linalg"))
    return {"result": True}


def expert_distance(ask):
    """FID from two statistics files."""
    p, q = loaded(ask["generated"]), loaded(ask["reference"])
    return timed(lambda: expert_frechet(*p, *q))


def expert_distance_of_features(ask):
    """FID from two .npy of features, which it reads."""
    import numpy as np

    def work():
        p, q = (np.load(ask[side]).astype("f8") for side in ("generated", "reference"))
        return expert_frechet(*statistics(p), *statistics(q))

    return timed(work)


def expert_surrogate_draw(ask):
    """Fresh Gaussian rows in float32, their statistics, their FID."""
    import numpy as np

    q, scale, offset, zero = once(ask["moments"], lambda: surrogate_sides(ask["moments"]))
    generator = np.random.default_rng(ask["seed"])

    def work():
        x = generator.standard_normal((ask["size"], len(scale)), dtype="f4")
        mean, covariance = expert_statistics(x)
        covariance *= scale
        covariance *= scale[:, None]
        return expert_frechet(mean * scale + offset, covariance, zero, q)

    return timed(work)


def expert_pool_draw(ask):
    """Rows of a pool in memory, multiplied in float32; the reference's factor is kept."""
    import numpy as np

    reference = loaded(ask["reference"])
    pool = once(("pool", ask["pool"]), lambda: np.load(ask["pool"]))
    generator = np.random.default_rng(ask["seed"])

    def work():
        rows = generator.choice(len(pool), ask["size"], replace=False)
        return expert_frechet(*expert_statistics(pool[np.sort(rows)]), *reference)

    return timed(work)


def pytorch_fid(_):
    once("frechet", pytorch_fid_function)
    return {"result": True}


def statistics(x):
    import numpy as np

    return np.mean(x, axis=0), np.cov(x, rowvar=False)


def loaded(path):
    import numpy as np

    def read():
        with np.load(path) as file:
            return file["mu"], file["sigma"]

    return once(path, read)


def distance(ask):
    """FID from two statistics files."""
    p, q = loaded(ask["generated"]), loaded(ask["reference"])
    once("frechet", pytorch_fid_function)
    return timed(lambda: frechet(*p, *q))


def distance_of_features(ask):
    """FID from two .npy of features, read as float64 beforehand, as in pytorch-fid."""
    import numpy as np

    sides = [once(ask[side], lambda: np.load(ask[side]).astype("f8")) for side in ("generated", "reference")]
    once("frechet", pytorch_fid_function)
    return timed(lambda: frechet(*statistics(sides[0]), *statistics(sides[1])))


def surrogate_sides(path):
    import numpy as np

    with open(path) as file:
        moments = json.load(file)
    q, p, offset = (np.array(moments[key]) for key in ("reference", "generated", "offset"))
    return np.diag(q), np.sqrt(p), offset, np.zeros(len(q))


def surrogate_draw(ask):
    """Fresh Gaussian rows in the eigenbasis, their statistics, their FID."""
    import numpy as np

    q, scale, offset, zero = once(ask["moments"], lambda: surrogate_sides(ask["moments"]))
    once("frechet", pytorch_fid_function)
    generator = np.random.default_rng(ask["seed"])

    def work():
        x = generator.standard_normal((ask["size"], len(scale)))
        x *= scale
        x += offset
        return frechet(*statistics(x), zero, q)

    return timed(work)


def pool_draw(ask):
    """Rows of a pool on disk without replacement, their statistics, their FID."""
    import numpy as np

    reference = loaded(ask["reference"])
    once("frechet", pytorch_fid_function)
    generator = np.random.default_rng(ask["seed"])

    def work():
        pool = np.load(ask["pool"], mmap_mode="r")
        rows = generator.choice(len(pool), ask["size"], replace=False)
        return frechet(*statistics(pool[np.sort(rows)].astype("f8")), *reference)

    return timed(work)


def peak_bytes(_):
    return {"result": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def inception(ask):
    """torchvision's Inception-v3, the base of pytorch-fid's network, with random weights."""
    import torch
    import torchvision

    def make():
        torch.set_num_threads(ask["threads"])
        torch.manual_seed(0)
        net = torchvision.models.inception_v3(weights=None, aux_logits=False, init_weights=False)
        net.fc = torch.nn.Identity()
        return net.eval()

    net = once("inception", make)
    images = once("images", lambda: torch.rand(ask["batch"], 3, ask["side"], ask["side"]))

    def work():
        with torch.inference_mode():
            resized = torch.nn.functional.interpolate(
                images, size=(299, 299), mode="bilinear", align_corners=False
            )
            return list(net(2 * resized - 1).shape)

    return timed(work)


def fid_inception(ask):
    """pytorch-fid's own network and resizing, with weights from a file in place of a download."""
    import torch

    def make():
        torch.set_num_threads(ask["threads"])
        find_pytorch_fid()
        module = importlib.import_module("pytorch_fid.inception")
        module.load_state_dict_from_url = lambda *_, **__: torch.load(ask["weights"])
        return module.InceptionV3([3]).eval()

    net = once("fid_inception", make)
    images = once("images", lambda: torch.rand(ask["batch"], 3, ask["side"], ask["side"]))

    def work():
        with torch.inference_mode():
            return list(net(images)[0].shape)

    return timed(work)


def vit(ask):
    """The layers of DINOv2 with random weights, on images that are resized and scaled already."""
    import torch
    from torch import nn

    width, heads, inner = ask["width"], ask["heads"], ask["inner"]

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.mlp = nn.Sequential(nn.Linear(width, inner), nn.GELU(), nn.Linear(inner, width))
            self.scale1, self.scale2 = (nn.Parameter(torch.ones(width)) for _ in range(2))

        def forward(self, x):
            n, t, _ = x.shape
            qkv = self.qkv(self.norm1(x)).reshape(n, t, 3, heads, width // heads)
            q, k, v = qkv.permute(2, 0, 3, 1, 4)
            shares = (q * (width // heads) ** -0.5 @ k.transpose(-2, -1)).softmax(-1)
            x = x + self.scale1 * self.out((shares @ v).transpose(1, 2).reshape(n, t, width))
            return x + self.scale2 * self.mlp(self.norm2(x))

    class Vit(nn.Module):
        def __init__(self):
            super().__init__()
            side = ask["image"] // ask["patch"]
            self.patches = nn.Conv2d(3, width, ask["patch"], ask["patch"])
            self.token = nn.Parameter(torch.zeros(1, 1, width))
            self.positions = nn.Parameter(torch.zeros(1, 1 + side * side, width))
            self.blocks = nn.Sequential(*(Block() for _ in range(ask["layers"])))
            self.norm = nn.LayerNorm(width, eps=1e-6)

        def forward(self, images):
            x = self.patches(images).flatten(2).transpose(1, 2)
            x = torch.cat((self.token.expand(len(x), -1, -1), x), 1) + self.positions
            return self.norm(self.blocks(x)[:, 0])

    def make():
        torch.set_num_threads(ask["threads"])
        torch.manual_seed(0)
        return Vit().eval()

    net = once("vit", make)
    images = once("vit images", lambda: torch.randn(ask["batch"], 3, ask["image"], ask["image"]))

    def work():
        with torch.inference_mode():
            return list(net(images).shape)

    return timed(work)


asked = (
    versions, gemm, neighbours, copy, products, normals, decomposition, pytorch_fid, distance,
    distance_of_features, surrogate_draw, pool_draw, expert, expert_distance,
    expert_distance_of_features, expert_surrogate_draw, expert_pool_draw, peak_bytes, inception,
    fid_inception, vit,
)  # fmt: skip
by_name = {function.__name__: function for function in asked}
# Library output must not mix with the answers.
answers, sys.stdout = sys.stdout, sys.stderr
sys.argv = sys.argv[:1]
for line in sys.stdin:
    ask = json.loads(line)
    try:
        answer = by_name[ask["do"]](ask)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=answers, flush=True)

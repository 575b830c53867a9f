"""The data sets of oracle.py: what is in tests/reference/datasets, and the golden set."""
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent


@dataclass
class Data:
    name: str
    file: str  # under datasets/, or the golden set
    scores: np.ndarray  # n x K as stored
    labels: np.ndarray
    weights: np.ndarray | None = None
    input: str = "probabilities"
    weight_kind: str = "frequency"
    bins: int = 15
    log_floor: float | None = None
    weighted: bool = False  # rows have weights, or stand for rows that had
    # derived
    p: np.ndarray = field(init=False)
    loss: np.ndarray = field(init=False)

    def __post_init__(self):
        s = self.scores.astype(np.longdouble)
        if self.input == "logits":
            top = s.max(axis=1, keepdims=True)
            e = np.exp(s - top)
            total = e.sum(axis=1, keepdims=True)
            self.p = (e / total).astype(float)
            y = s[np.arange(len(s)), self.labels]
            self.loss = (np.log(total[:, 0]) + top[:, 0] - y).astype(float)
        else:
            self.p = self.scores.astype(float)
            with np.errstate(divide="ignore"):
                self.loss = (0 - np.log(s[np.arange(len(s)), self.labels])).astype(float)
        self.prediction = self.scores.argmax(axis=1)  # the lowest of the largest
        self.c = self.p[np.arange(len(s)), self.prediction]
        self.a = (self.prediction == self.labels).astype(float)
        self.w = np.ones(len(s)) if self.weights is None else self.weights.astype(float)
        self.W = math.fsum(self.w)
        self.weighted = self.weighted or self.weights is not None

    @property
    def K(self):
        return self.scores.shape[1]

    @property
    def counted(self):
        """Weights are numbers of rows, so the formulas of intervals hold as published."""
        return self.weight_kind == "frequency" and bool((self.w == np.floor(self.w)).all())

    def repeated(self):
        rows = np.repeat(np.arange(len(self.w)), self.w.astype(int))
        return Data(self.name, self.file, self.scores[rows], self.labels[rows], None, self.input, "frequency", self.bins,
                    self.log_floor, True)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def draw(rng, p):
    p = p / p.sum(axis=1, keepdims=True)
    return np.minimum((np.cumsum(p, axis=1) > rng.random((len(p), 1))).argmax(axis=1), p.shape[1] - 1)


def random_rows(seed, n, k, spread=1.5, over=1.4):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, k)) * spread
    return softmax(over * z), draw(rng, softmax(z))


def shares(seed, n, k, parts):
    """Rows of multiples of 1/parts: ties, exact zeros and ones."""
    rng = np.random.default_rng(seed)
    p = np.zeros((n, k))
    for row in p:
        m = int(rng.choice([1, 2, 4, parts]))
        for place in rng.integers(k, size=m):
            row[place] += 1 / m
    return p, draw(rng, p)


def data_sets():
    data = HERE.parent / "data"
    golden = np.load(data / "golden_probabilities.npy"), np.load(data / "golden_labels.npy").astype(int)
    for bins in (15, 10, 7, 1):
        yield Data(f"golden-{bins}", "golden", *golden, bins=bins)

    binary = random_rows(1, 300, 2)
    yield Data("binary", "binary", *binary)
    yield Data("binary-100", "binary", *binary, bins=100)
    yield Data("many-classes", "many-classes", *random_rows(2, 120, 30, 2.0))
    ties = shares(3, 220, 3, 16)
    yield Data("ties", "ties", *ties)
    yield Data("ties-8", "ties", *ties, bins=8)

    p, y = shares(4, 120, 4, 8)
    y = np.where(np.arange(120) % 15 == 7, p.argmin(axis=1), y)  # probability 0 for the label of some rows
    yield Data("infinite-loss", "infinite-loss", p, y)
    yield Data("infinite-loss-floored", "infinite-loss", p, y, log_floor=1e-15)
    yield Data("floored", "many-classes", *random_rows(2, 120, 30, 2.0), log_floor=0.01)

    rng = np.random.default_rng(5)
    p, y = random_rows(6, 250, 4)
    whole = rng.integers(0, 5, size=250).astype(float)
    yield Data("integer-weights", "integer-weights", p, y, whole)
    yield Data("integer-weights-importance", "integer-weights", p, y, whole, weight_kind="importance")
    real = np.exp(rng.normal(size=250) / 2)
    real[::25] = 0
    yield Data("real-weights", "real-weights", p, y, real)
    yield Data("real-weights-importance", "real-weights", p, y, real, weight_kind="importance")
    yield Data("floored-importance", "real-weights", p, y, real, weight_kind="importance", log_floor=0.2)

    z = rng.normal(size=(260, 5)) * 3
    y = draw(rng, softmax(z / 1.5))
    z[rng.random(z.shape) < 0.1] = -np.inf
    z[np.arange(260), y] = np.where(np.isinf(z[np.arange(260), y]), 0.5, z[np.arange(260), y])
    yield Data("logits", "logits", z + 40, y, input="logits")
    z = rng.normal(size=(60, 3))
    z[:5] *= 4000
    yield Data("huge-losses", "huge-losses", z, rng.integers(0, 3, size=60), input="logits")

    edges = np.arange(16) * (1 / 15)
    edges[15] = 1
    near = np.concatenate([edges, np.nextafter(edges[1:], 0), np.nextafter(edges[:-1], 2)])
    near = np.repeat(near, 3)
    p = np.stack([near, 1 - near], axis=1)
    yield Data("bin-edges", "bin-edges", p, draw(np.random.default_rng(7), p))
    p = np.full((90, 3), 0.0)
    p[np.arange(90), np.arange(90) % 3] = 1
    yield Data("certain", "certain", p, np.where(np.arange(90) % 9 == 0, (np.arange(90) + 1) % 3, np.arange(90) % 3))
    yield Data("certain-and-right", "certain-and-right", p, np.arange(90) % 3)
    p, y = random_rows(8, 80, 3)
    yield Data("one-class-present", "one-class-present", p, np.ones(80, dtype=int))
    yield Data("one-row", "one-row", np.array([[0.25, 0.625, 0.125]]), np.array([2]))
    yield Data("uniform", "uniform", np.full((40, 4), 0.25), np.arange(40) % 4)

#!/usr/bin/env python3
"""Writes tests/reference/metrics.csv and tests/reference/datasets/*.csv: every metric of the catalogue on small data sets.

Each metric is computed from its plain definition over the rows, with exact sums (math.fsum), and each interval, null
expectation and p-value from the published formulas over the cells; nothing is shared with the library, whose states
hold rounded integers. Integer frequency weights are computed as repeated rows, which is what they mean.

A new metric needs a function here that returns its value: `METRICS["name"]`. A cell is empty where the metric has no
value, and "-" where the oracle has no opinion (a formula of few rows, say).

Usage: oracle.py      needs numpy and scipy (written with numpy 2.4, scipy 1.17)
"""
import csv
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy import optimize, special, stats

HERE = Path(__file__).resolve().parent
LEVEL = 0.95
ALPHA = 1 - LEVEL
UNKNOWN = "-"
NORM = 3.0  # of ece_lp

# ---- data sets


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
                    self.log_floor)


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


# ---- cells


@dataclass
class Cells:
    """Non-empty cells, with sums of w, w c, w a and of the w^2 that variances of importance weights need."""
    w: np.ndarray
    q: np.ndarray
    c: np.ndarray
    a: np.ndarray
    gap: np.ndarray  # sum w (c - a)
    ss: np.ndarray  # sum (c - a)^2, of unweighted rows
    v: np.ndarray  # sum c (1 - c), of unweighted rows
    W: float


def bin_of(c, bins):
    return np.clip(np.searchsorted(np.linspace(0, 1, bins + 1), c, side="right") - 1, 0, bins - 1)


def cells(c, a, w, keys):
    rows = {}
    for i, key in enumerate(keys):
        if w[i] > 0:
            rows.setdefault(key, []).append(i)
    columns = [[] for _ in range(7)]
    for key in sorted(rows):
        i = np.array(rows[key])
        for column, terms in zip(columns, (w[i], w[i] ** 2, w[i] * c[i], w[i] * a[i], w[i] * (c[i] - a[i]),
                                           (c[i] - a[i]) ** 2, c[i] * (1 - c[i]))):
            column.append(math.fsum(terms))
    return Cells(*(np.array(x) for x in columns), math.fsum(w))


def top_cells(d):
    return cells(d.c, d.a, d.w, bin_of(d.c, d.bins))


def conditional_cells(d):
    return cells(d.c, d.a, d.w, list(zip(d.prediction, bin_of(d.c, d.bins))))


def class_cells(d, k):
    return cells(d.p[:, k], (d.labels == k).astype(float), d.w, bin_of(d.p[:, k], d.bins))


def joined(parts):
    """The cells of several columns as one set, each row counted once per column."""
    arrays = (np.concatenate([getattr(p, f) for p in parts]) for f in ("w", "q", "c", "a", "gap", "ss", "v"))
    return Cells(*arrays, sum(p.W for p in parts))


def l1(x):
    return math.fsum(abs(x.gap)) / x.W


# ---- inference: moments, De Moivre, three-moment gamma, the bounds of metrics.md 10

M1 = math.sqrt(2 / math.pi)
M3 = M1 * (4 / math.pi - 1)


def z_of(tail):
    return stats.norm.isf(tail)


def gamma3(mean, variance, third):
    shape = 4 * variance**3 / third**2
    scale = math.sqrt(variance / shape)
    return stats.gamma(shape, loc=mean - shape * scale, scale=scale)


def wilson(x, n):
    z, q = z_of(ALPHA / 2), x / n
    half = z * math.sqrt(q * (1 - q) / n + z * z / (4 * n * n))
    low, high = ((q + z * z / (2 * n) + s * half) / (1 + z * z / n) for s in (-1, 1))
    return (0 if x == 0 else low), (1 if x == n else high)


def clopper_pearson(x, n, alpha):
    return (0 if x == 0 else stats.beta.ppf(alpha / 2, x, n - x + 1)), (1 if x == n else
                                                                       stats.beta.isf(alpha / 2, x + 1, n - x))


def two_sided(value, expected, deviation):
    if deviation == 0:
        return 1.0 if abs(value - expected) < 1e-12 else 0.0
    return 2 * stats.norm.sf(abs(value - expected) / deviation)


def mean_interval(d, x):
    """Of the weighted mean of the row values x."""
    mean = math.fsum(d.w * x) / d.W
    if d.weight_kind == "importance":
        error = math.sqrt(math.fsum(d.w**2 * (x - mean) ** 2)) / d.W
    else:
        if not d.W > 1:
            return None, None
        error = math.sqrt(math.fsum(d.w * (x - mean) ** 2) / (d.W - 1) / d.W)
    return mean - z_of(ALPHA / 2) * error, mean + z_of(ALPHA / 2) * error


def null_deviation(d, variance):
    v = d.w**2 if d.weight_kind == "importance" else d.w
    return math.sqrt(math.fsum(v * variance)) / d.W


def l1_null(x):
    """(expected, p-value, 95 % floor) of the plug-in L1 error of calibrated rows."""
    k = x.v > 1e-15
    if not k.any() or (x.w < 2).any():
        return UNKNOWN, UNKNOWN, UNKNOWN
    n, p, V, N = x.w[k], x.c[k] / x.w[k], x.v[k], x.W
    v = np.minimum(np.floor(n * p) + 1, n)
    mad = 2 * v * np.exp(special.gammaln(n + 1) - special.gammaln(v + 1) - special.gammaln(n - v + 1) + v * np.log(p) +
                         (n - v + 1) * np.log1p(-p))
    m = mad * np.sqrt(V / (n * p * (1 - p)))
    law = gamma3(m.sum() / N, (V - m * m).sum() / N**2, M3 * (V**1.5).sum() / N**3)
    return m.sum() / N, law.sf(l1(x)), law.isf(0.05)


def l1_interval(x):
    """Two-sided interval of the binned L1 error: each bound at alpha / 2."""
    alpha = ALPHA / 2
    if (x.w < 2).any() or (x.v <= 1e-15).all():
        return UNKNOWN, UNKNOWN
    n, p, N = x.w, x.c / x.w, x.W
    shrunk = (x.a + 2 * p) / (n + 2)
    v = np.maximum(n * shrunk * (1 - shrunk) - np.maximum(n * p * (1 - p) - x.v, 0), 0)
    s, r = np.sqrt(v), np.sqrt(np.maximum(v, x.v))
    noise = gamma3(M1 * r.sum() / N, (1 - M1**2) * (r * r).sum() / N**2, M3 * (r**3).sum() / N**3)
    partial = np.concatenate([[0], np.cumsum(x.gap)])
    switch = abs(2 * partial - partial[-1]).max() / N
    critical = 3.20 if len(n) <= 15 else 3.35 if len(n) <= 60 else 3.52
    error = l1(x)
    lower = max(0, error - noise.isf(alpha / 2), switch - critical * math.sqrt((r * r).sum()) / N)

    s1, s2 = s.sum() / N, (s * s).sum() / N**2
    spread = max((x.gap**2 / n).sum() / N - error**2, 0) / N
    seen = max(error, M1 * np.sqrt(x.v).sum() / N)

    def h(t):
        return t * (2 * stats.norm.cdf(t) - 1) + 2 * stats.norm.pdf(t)

    def excess(t):
        return s1 * h(t) - z_of(alpha) * math.sqrt(s2 * max(1 + t * t - h(t)**2, 0) + spread) - seen

    high = 1.0
    while excess(high) < 0:
        high *= 2
    upper = optimize.brentq(excess, 0, high, xtol=1e-14, rtol=1e-14) * s1
    return min(lower, 1), min(max(upper, lower), 1)


def l2_inference(x):
    """(lower, upper, p-value) of the L2 error, default construction."""
    two = x.w > 1
    if (x.w < 2).any() or (x.v <= 1e-15).all():
        return UNKNOWN, UNKNOWN, UNKNOWN
    n, N, g = x.w, x.W, x.gap / x.w
    T = ((x.gap**2 - x.ss) / (n - 1))[two].sum() / N
    s1 = ((n / N * (4 * g * g * x.ss / n - 3 * g**4)).sum() - ((n / N * g * g).sum())**2) / N
    s0 = 2 / N**2 * (n / (n - 1) * (x.v / n)**2).sum()
    s = math.sqrt(max(s1, 0) + s0)
    z2, z1, t = z_of(ALPHA / 2), z_of(ALPHA), max(T, 0)
    lower = t - z2 * s if t >= 2 * z2 * s else t / 2 if t >= 2 * z1 * s else max(t - z1 * s, 0)
    p = gamma3(0, s0, 8 * ((x.v / n)**3).sum() / N**3).sf(T)
    return math.sqrt(lower), min(math.sqrt(t + z2 * s), 1), p


# ---- metrics: each returns a dictionary of numbers by the suffix of the column; "" is the value


def accuracy(d):
    effective = d.W if d.weight_kind == "frequency" else d.W**2 / math.fsum(d.w**2)
    value = math.fsum(d.w * d.a) / d.W
    low, high = wilson(value * effective, effective)
    expected = math.fsum(d.w * d.c) / d.W
    return {"": value, "lower": low, "upper": high, "expected": expected,
            "p_value": two_sided(value, expected, null_deviation(d, d.c * (1 - d.c)))}


def mean_confidence(d):
    low, high = mean_interval(d, d.c)
    return {"": math.fsum(d.w * d.c) / d.W, "lower": low, "upper": high}


def confidence_gap(d):
    value = math.fsum(d.w * (d.c - d.a)) / d.W
    low, high = mean_interval(d, d.c - d.a)
    return {"": value, "lower": low, "upper": high, "expected": 0.0,
            "p_value": two_sided(value, 0, null_deviation(d, d.c * (1 - d.c)))}


def l1_metric(d, x, factor=1.0, value=None):
    result = {"": (l1(x) if value is None else value) * factor}
    if d.counted:
        expected, p, _ = l1_null(x)
        low, high = l1_interval(x)
        scaled = [y if y == UNKNOWN else y * factor for y in (expected, low, high)]
        result |= {"expected": scaled[0], "p_value": p, "lower": scaled[1], "upper": scaled[2]}
    return result


def ece(d):
    result = l1_metric(d, top_cells(d))
    if d.counted:
        result["floor_95"] = l1_null(top_cells(d))[2]
    return result


def ece_l2_debiased(d):
    x = top_cells(d)
    n = x.w**2 / x.q if d.weight_kind == "importance" else x.w
    theta = math.fsum(x.w[b] / x.W * ((x.gap[b] / x.w[b])**2 - x.a[b] / x.w[b] * (1 - x.a[b] / x.w[b]) / (n[b] - 1))
                      for b in range(len(n)) if n[b] >= 2)
    result = {"": math.sqrt(max(theta, 0)), "signed_square": theta}
    if d.counted:
        result["lower"], result["upper"], result["p_value"] = l2_inference(x)
    return result


def power_mean(x, norm):
    return math.fsum(x.w / x.W * abs(x.gap / x.w)**norm)**(1 / norm)


def rmsce(d):
    x = top_cells(d)
    result = {"": power_mean(x, 2)}
    if d.counted:
        result["lower"], result["upper"], result["p_value"] = l2_inference(x)
    return result


def ece_lp(d):
    return {"": power_mean(top_cells(d), NORM)}


def mce(d):
    x = top_cells(d)
    result = {"": float(max(abs(x.gap / x.w)))}
    if d.counted:
        low = high = 0.0
        for n, c, a in zip(x.w, x.c, x.a):
            l, h = clopper_pearson(a, n, ALPHA / len(x.w))
            low, high = max(low, c / n - h, l - c / n), max(high, c / n - l, h - c / n)
        result |= {"lower": low, "upper": high}
    return result


def one_side(d, sign):
    x = top_cells(d)
    return {"": math.fsum(np.maximum(sign * x.gap, 0)) / x.W}


def class_columns(d):
    return [class_cells(d, k) for k in range(d.K)]


def classwise(d, factor):
    columns = class_columns(d)
    value = math.fsum(l1(x) for x in columns) / d.K
    # the second column of two mirrors the first
    return l1_metric(d, columns[0] if d.K == 2 else joined(columns), factor, value)


def log_loss(d):
    loss = d.loss
    expected = math.fsum(d.w[i] * -math.fsum(special.xlogy(d.p[i], d.p[i])) for i in range(len(d.w))) / d.W
    result = {"expected": expected}
    if d.log_floor is None and np.isinf(loss[d.w > 0]).any():
        return result | {"": None, "lower": None, "upper": None, "p_value": None}
    if d.log_floor is not None:
        floor = -math.log(d.log_floor)
        result["floored_rows"] = math.fsum(d.w[loss > floor])
        loss = np.minimum(loss, floor)
    result[""] = math.fsum(d.w * loss) / d.W
    result["lower"], result["upper"] = mean_interval(d, loss)
    with np.errstate(divide="ignore", invalid="ignore"):
        surprise = np.nan_to_num(d.p * np.log(d.p)**2).sum(axis=1)
    variance = surprise + np.array([-math.fsum(special.xlogy(r, r))**2 for r in d.p])
    result["p_value"] = two_sided(result[""], expected, null_deviation(d, np.maximum(variance, 0)))
    return result


def brier_rows(d):
    return np.array([math.fsum((d.p[i] - (np.arange(d.K) == d.labels[i]))**2) for i in range(len(d.w))])


def brier(d):
    rows = brier_rows(d)
    value = math.fsum(d.w * rows) / d.W
    low, high = mean_interval(d, rows)
    square, cube = (d.p**2).sum(axis=1), (d.p**3).sum(axis=1)
    expected = math.fsum(d.w * (1 - square)) / d.W
    return {"": value, "lower": low, "upper": high, "expected": expected,
            "p_value": two_sided(value, expected, null_deviation(d, np.maximum(4 * (cube - square**2), 0)))}


def brier_calibration(d):
    columns = class_columns(d)
    result = {"": math.fsum(math.fsum(x.w / x.W * (x.gap / x.w)**2) for x in columns)}
    if d.counted:
        # E gap_b^2 = V_b / W_b^2 under calibration
        result["expected"] = math.fsum(math.fsum(x.v / x.w) / x.W for x in columns)
    return result


def brier_refinement(d):
    return {"": brier(d)[""] - brier_calibration(d)[""]}


def spiegelhalter(d):
    v = d.w**2 if d.weight_kind == "importance" else d.w
    variance = math.fsum(v * (1 - 2 * d.c)**2 * d.c * (1 - d.c))
    if not variance > 0:
        return {"": None, "p_value": None}
    z = math.fsum(d.w * (d.a - d.c) * (1 - 2 * d.c)) / math.sqrt(variance)
    return {"": z, "expected": 0.0, "p_value": 2 * stats.norm.sf(abs(z))}


METRICS = {
    "accuracy": accuracy,
    "mean_confidence": mean_confidence,
    "confidence_gap": confidence_gap,
    "ece": ece,
    "ece_l2_debiased": ece_l2_debiased,
    "rmsce": rmsce,
    "ece_lp": ece_lp,
    "mce": mce,
    "overconfidence": lambda d: one_side(d, 1),
    "underconfidence": lambda d: one_side(d, -1),
    "top_label_conditional_ece": lambda d: l1_metric(d, conditional_cells(d)),
    "classwise_ece": lambda d: classwise(d, 1.0),
    "classwise_ece_sum": lambda d: classwise(d, float(d.K)),
    "log_loss": log_loss,
    "brier": brier,
    "brier_calibration": brier_calibration,
    "brier_refinement": brier_refinement,
    "spiegelhalter_z": spiegelhalter,
}

# How far the library may be from these numbers, absolute + relative. Values: the grid of the exact sums (2^-51) over
# sums of at most 5,000 rows. Inference: quantiles and roots of two implementations. The null moments of log loss and of
# the Brier score are kept to seven digits per row in the library.
VALUE, INFERENCE, SEVEN_DIGITS = "1e-12 1e-12", "1e-10 1e-8", "1e-7 1e-6"
TOLERANCES = {"log_loss.expected": SEVEN_DIGITS, "log_loss.p_value": "1e-6 1e-4", "brier.p_value": "1e-6 1e-4"}


def tolerance(column):
    if column in TOLERANCES:
        return TOLERANCES[column]
    metric, _, part = column.partition(".")
    exact = part in ("", "signed_square", "floored_rows") or column in ("accuracy.expected", "brier.expected",
                                                                        "brier_calibration.expected")
    return VALUE if exact else INFERENCE


def write_data(d):
    if d.file == "golden":
        return
    with open(HERE / "datasets" / f"{d.file}.csv", "w", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["label"] + ([] if d.weights is None else ["weight"]) + list(range(d.K)))
        for i in range(len(d.labels)):
            weight = [] if d.weights is None else [repr(float(d.weights[i]))]
            rows.writerow([int(d.labels[i])] + weight + [repr(float(x)) for x in d.scores[i]])


def main():
    (HERE / "datasets").mkdir(exist_ok=True)
    results = []
    for d in data_sets():
        write_data(d)
        source = d.repeated() if d.counted and d.weights is not None else d
        row = {}
        for name, metric in METRICS.items():
            for part, x in metric(source).items():
                row[name + ("." + part if part else "")] = x
        results.append((d, row))
    columns = sorted({c for _, row in results for c in row}, key=lambda c: (list(METRICS).index(c.split(".")[0]), c))
    with open(HERE / "metrics.csv", "w", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        fixed = ["name", "file", "input", "weights", "bins", "log_floor"]
        rows.writerow(fixed + columns)
        rows.writerow(["absolute relative"] + [""] * (len(fixed) - 1) + [tolerance(c) for c in columns])
        for d, row in results:
            options = [d.name, d.file, d.input, d.weight_kind, d.bins, "" if d.log_floor is None else repr(d.log_floor)]
            texts = [UNKNOWN if c not in row or row[c] == UNKNOWN else "" if row[c] is None else repr(float(row[c]))
                     for c in columns]
            rows.writerow(options + texts)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes tests/reference/intervals.csv: reference values of the inference on binned errors.

Every number is computed here from the published formulas over the raw sums of a cell (rows n, C = sum c, A = sum a,
S = sum c^2, X = sum c a, V = sum c (1 - c)), with mpmath at 40 digits: nothing is shared with the library. The inputs are
doubles, written exactly. The golden case is the seeded set of 5,000 rows and 4 classes that docs and tests share.

Usage: intervals.py [FILE]      needs numpy and mpmath (written with numpy 2.4, mpmath 1.3)
"""
import csv
import pathlib
import sys

import numpy as np
from mpmath import betainc, erfc, erfinv, exp, floor, fsum, gamma, log, loggamma, mp, mpf, npdf, pi, sqrt

mp.dps = 40
FIELDS = ("weight", "rows", "confidence", "accuracy", "residual_square", "bernoulli_variance")
M1 = sqrt(2 / pi)
M3 = M1 * (4 / pi - 1)


# ---- distributions

def normal_quantile(p):
    return sqrt(mpf(2)) * erfinv(2 * mpf(p) - 1)


def normal_upper(z):
    return erfc(z / sqrt(mpf(2))) / 2


def bisect(function, low, high, steps=75):
    """Zero of an increasing function."""
    low, high = mpf(low), mpf(high)
    for _ in range(steps):
        middle = (low + high) / 2
        if function(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def incomplete_gamma_upper(a, y):
    """Regularised Q(a, y): series of P below the mean, Legendre's continued fraction (Lentz) above."""
    front = exp(a * log(y) - y - loggamma(a))
    tiny = mpf(10) ** -(mp.dps + 2)
    if y < a + 1:
        term = total = 1 / a
        j = a
        while term > tiny * total:
            j += 1
            term *= y / j
            total += term
        return 1 - front * total
    b = y + 1 - a
    c, d = mpf(10) ** 300, 1 / b
    value, j = d, 0
    while True:
        j += 1
        b += 2
        d = 1 / (b - j * (j - a) * d)
        c = b - j * (j - a) / c
        value *= c * d
        if abs(c * d - 1) < tiny:
            return front * value


def gamma_upper_tail(x, mean, variance, third):
    shape = 4 * variance**3 / third**2
    y = shape + (x - mean) * sqrt(shape / variance)
    return mpf(1) if y <= 0 else incomplete_gamma_upper(shape, y)


def gamma_quantile(p, mean, variance, third):
    width = 12 * sqrt(variance) + 12 * third / variance
    return bisect(lambda x: (1 - p) - gamma_upper_tail(x, mean, variance, third), mean - width, mean + width)


def beta_quantile(p, a, b):
    return bisect(lambda x: betainc(a, b, 0, x, regularized=True) - p, 0, 1)


def clopper_pearson(x, n, alpha):
    low = mpf(0) if x == 0 else beta_quantile(alpha / 2, x, n - x + 1)
    high = mpf(1) if x == n else beta_quantile(1 - alpha / 2, x + 1, n - x)
    return low, high


def wilson(x, n, alpha):
    """The two solutions of (q - x/n)^2 = z^2 q (1 - q) / n."""
    z2 = normal_quantile(1 - alpha / 2) ** 2
    a, b, c = 1 + z2 / n, -2 * x / n - z2 / n, (x / n) ** 2
    root = sqrt(b * b - 4 * a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def deviation(n, p):
    """E |X - n p|, X binomial: De Moivre at integers, linear between them."""
    def whole(m):
        if m == 0:
            return mpf(0)
        v = min(floor(m * p), m - 1) + 1
        return 2 * exp(loggamma(m + 1) - loggamma(v) - loggamma(m - v + 1) + v * log(p) + (m - v + 1) * log(1 - p))
    low = floor(n)
    return whole(low) * (low + 1 - n) + (whole(low + 1) * (n - low) if n > low else 0)


# ---- inference of binned errors, over cells as tuples (n, C, A, S, X, V)

def l2_values(cells, alpha):
    N = fsum(c[0] for c in cells)
    T = s1 = s0 = third = mean = mpf(0)
    for n, C, A, S, X, V in cells:
        D, SS, g = C - A, S - 2 * X + A, (C - A) / n
        mean += n / N * g**2
        s1 += n / N * (4 * g**2 * SS / n - 3 * g**4)
        if n > 1:
            T += (D**2 - SS) / (n - 1) / N
            s0 += 2 / N**2 * n / (n - 1) * (V / n) ** 2
            third += 8 * (V / n) ** 3 / N**3
    s1, s0 = sqrt(max(s1 - mean**2, 0) / N), sqrt(s0)
    z2, z1 = normal_quantile(1 - alpha / 2), normal_quantile(1 - alpha)

    def ends(s):
        t = max(T, 0)
        low = t - z2 * s if t >= 2 * z2 * s else t / 2 if t >= 2 * z1 * s else max(t - z1 * s, 0)
        return min(sqrt(low), 1), min(sqrt(t + z2 * s), 1)
    out = {"l2_squared": T, "l2_gap_deviation": s1, "l2_null_deviation": s0}
    out["l2_lower"], out["l2_upper"] = ends(sqrt(s1**2 + s0**2))
    out["l2_paper_lower"], out["l2_paper_upper"] = ends(s1)
    out["l2_paper_zero"] = mpf(1 if T <= z1 * s0 else 0)
    out["l2_p_value"] = gamma_upper_tail(T, 0, s0**2, third)
    return out


def l1_null_values(cells):
    N = fsum(c[0] for c in cells)
    expected = variance = third = mpf(0)
    for n, C, A, S, X, V in cells:
        p = C / n
        m = deviation(n, p) * sqrt(V / (n * p * (1 - p)))
        expected += m / N
        variance += (V - m**2) / N**2
        third += M3 * sqrt(V) ** 3 / N**3
    error = fsum(abs(c[1] - c[2]) for c in cells) / N
    return {"l1_expected": expected, "l1_deviation": sqrt(variance),
            "l1_floor": gamma_quantile(mpf(95) / 100, expected, variance, third),
            "l1_p_value": gamma_upper_tail(error, expected, variance, third)}


def critical_value(bins, alpha):
    table = {"0.1": (2.73, 2.88, 3.03), "0.05": (2.97, 3.12, 3.28), "0.025": (3.20, 3.35, 3.52)}
    if str(alpha) in table:
        return mpf(str(table[str(alpha)][0 if bins <= 15 else 1 if bins <= 60 else 2]))
    return sqrt(2 * bisect(lambda y: mpf(alpha) / 4 - incomplete_gamma_upper(mpf(3) / 2, y), 0, 200))


def l1_bounds(cells, alpha):
    N = fsum(c[0] for c in cells)
    s, r = [], []
    for n, C, A, S, X, V in cells:
        p = C / n
        a = (A + 2 * p) / (n + 2)
        v = max(n * a * (1 - a) - max(n * p * (1 - p) - V, 0), 0)
        s.append(sqrt(v))
        r.append(sqrt(max(v, V)))
    D = [c[1] - c[2] for c in cells]
    error = fsum(abs(d) for d in D) / N
    al = mpf(alpha)
    # A cell of one row has an exact mean of |D|, 2 p (1-p) for a deviation of sqrt(p (1-p)).
    first = [max(M1, deviation(n, C / n) / sqrt(n * C / n * (1 - C / n))) if n < 2 else M1 for n, C, *_ in cells]
    noise = gamma_quantile(1 - al / 2, fsum(m * x for m, x in zip(first, r)) / N, (1 - 2 / pi) * fsum(x * x for x in r) / N**2,
                           M3 * fsum(x**3 for x in r) / N**3)
    partial = [fsum(D[:j]) for j in range(len(D) + 1)]
    switch = max(abs(2 * x - partial[-1]) for x in partial) / N
    low = max(0, error - noise, switch - critical_value(len(cells), alpha) * sqrt(fsum(x * x for x in r)) / N)
    S1, S2, z = fsum(s) / N, fsum(x * x for x in s) / N**2, normal_quantile(1 - al)
    u = max(fsum(d * d / c[0] for d, c in zip(D, cells)) / N - error**2, 0) / N
    target = max(error, M1 * fsum(sqrt(c[5]) for c in cells) / N)

    def excess(t):
        h = t * (1 - 2 * normal_upper(t)) + 2 * npdf(t)
        return S1 * h - z * sqrt(S2 * (1 + t * t - h * h) + u) - target
    high = mpf(1)
    while excess(high) < 0:
        high *= 2
    return low, min(bisect(excess, 0, high) * S1, 1)


def max_error(cells, alpha):
    low = high = mpf(0)
    for n, C, A, *_ in cells:
        a, b = clopper_pearson(A, n, alpha / len(cells))
        p = C / n
        low, high = max(low, p - b, a - p), max(high, abs(p - a), abs(p - b))
    return low, high


def expected_rms(cells):
    N = fsum(c[0] for c in cells)
    mean = fsum(c[5] / c[0] for c in cells) / N
    variance = mpf(0)
    for n, C, A, S, X, V in cells:
        v = V / n
        fourth = 3 * v**2 / n**2 + v * (1 - 6 * v) / n**3     # E g^4 of a mean of n residuals
        variance += (n / N) ** 2 * (fourth - (v / n) ** 2)
    k = mean**2 / variance
    return sqrt(mean / k) * gamma(k + mpf(1) / 2) / gamma(k) if k < 1e6 else sqrt(mean) * (1 - 1 / (8 * k))


# ---- inputs

def cells_of(c, a, bins):
    b = np.clip(np.searchsorted(np.linspace(0, 1, bins + 1), c, side="right") - 1, 0, bins - 1)
    return [(mpf(int((b == j).sum())), *(fsum(mpf(float(x)) for x in q[b == j]) for q in (c, a)),
             fsum(mpf(float(x)) ** 2 for x in c[b == j]), fsum(mpf(float(x)) for x in c[(b == j) & (a == 1)]),
             fsum(mpf(float(x)) * (1 - mpf(float(x))) for x in c[b == j])) for j in range(bins) if (b == j).any()]


def golden():
    r = np.random.default_rng(0)
    n, k = 5000, 4
    z = r.normal(size=(n, k)) * 2

    def softmax(x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    p, q = softmax(1.5 * z), softmax(z)
    y = (np.cumsum(q, axis=1) > r.random((n, 1))).argmax(axis=1)
    return cells_of(p.max(axis=1), (p.argmax(axis=1) == y) * 1.0, 15)


def synthetic(seed, n, bins, slope):
    r = np.random.default_rng(seed)
    c = 1 / (1 + np.exp(-r.normal(1, 1.5, n)))
    q = 1 / (1 + np.exp(-slope * np.log(c / (1 - c))))
    return cells_of(c, (r.random(n) < q) * 1.0, bins)


def rounded(cells):
    """The six numbers the library gets, as doubles, and the raw sums those doubles stand for."""
    N = fsum(c[0] for c in cells)
    rows, raw = [], []
    for n, C, A, S, X, V in cells:
        six = [float(x) for x in (n / N, n, C / n, A / n, (S - 2 * X + A) / n, V / n)]
        n, p, a, r, v = (mpf(x) for x in six[1:])
        # S and X of the rounded cell: S - 2 X + A must be n r, and only that combination enters.
        rows.append(six)
        raw.append((n, n * p, n * a, n * r - n * a, mpf(0), n * v))
    return rows, raw


def scaled(cells, factor):
    return [tuple(mpf(factor) * x for x in c) for c in cells]


def main():
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                        pathlib.Path(__file__).resolve().parents[2] / "tests/reference/intervals.csv")
    out = []

    def add(quantity, inputs, value, tolerance):
        out.append([quantity, " ".join(repr(float(x)) for x in inputs), repr(float(value)), tolerance])

    for n in (1, 2, 10, 1000, 10**6, 10**9, 10**12):
        for p in (1e-300, 1e-9, 1e-3, 0.3, 0.5, 1 - 1e-6):
            add("binomial_deviation", (n, p), deviation(mpf(n), mpf(p)), "1e-11 relative")
    for n, p in ((0.3, 0.2), (2.5, 0.9), (17.25, 0.01), (1000.5, 0.7)):
        add("binomial_deviation", (n, p), deviation(mpf(n), mpf(p)), "1e-12 relative")
    for moments in ((0.0, 1.0, 0.5), (0.0133, 1.02e-5, 3.1e-9), (3.0, 6.0, 24.0), (0.0, 1e-8, 1e-15), (1.0, 2.0, 40.0)):
        m, v, t = (mpf(x) for x in moments)
        for z in (-1.0, 0.0, 3.0, 12.0, 30.0):
            x = float(m + z * sqrt(v))
            add("gamma_upper_tail", (*moments, x), gamma_upper_tail(mpf(x), m, v, t), "1e-10 relative" if z < 20 else "1e-9 relative")
        for p in (0.05, 0.5, 0.95, 0.9875):
            add("gamma_quantile", (*moments, p), gamma_quantile(mpf(p), m, v, t), repr(float(1e-12 * (abs(m) + sqrt(v)))))
    for x, n, alpha in ((0, 5, .05), (5, 5, .05), (3, 10, .05), (1, 3, .1), (924, 1000, .01), (2.5, 7.25, .05), (1, 10000, 1e-4)):
        al = mpf(alpha)
        for name, f in (("clopper_pearson", clopper_pearson), ("wilson", wilson)):
            low, high = f(mpf(x), mpf(n), al)
            add(name + "_lower", (x, n, 1 - alpha), max(low, 0), "1e-11")
            add(name + "_upper", (x, n, 1 - alpha), high, "1e-11")

    cases = [golden()]
    cases += [synthetic(seed, n, bins, slope) for seed, n, bins, slope in
              ((1, 20, 15, 1.0), (2, 200, 15, 1.0), (3, 200, 15, 0.5), (4, 2000, 10, 0.8), (5, 2000, 30, 1.0),
               (6, 3000, 70, 1.3), (7, 40, 3, 0.6), (8, 60, 15, 0.2))]
    cases += [scaled(synthetic(9, 300, 15, 0.7), 0.37), scaled(synthetic(10, 50, 5, 1.0), 2.5), scaled(golden(), 1e5)]
    for case in cases:
        six, raw = rounded(case)
        flat = [x for row in six for x in row]
        values = {**l2_values(raw, mpf(5) / 100), **l1_null_values(raw), "rms_expected": expected_rms(raw)}
        for alpha in (0.05, 0.025, 0.01):
            values[f"l1_lower_{alpha}"], values[f"l1_upper_{alpha}"] = l1_bounds(raw, alpha)
        if max(row[1] for row in six) < 1e6:
            values["max_error_lower"], values["max_error_upper"] = max_error(raw, mpf(5) / 100)
        for name, value in values.items():
            add(name, flat, value, "1e-7 relative" if name.endswith("p_value") else "1e-11")

    with open(path, "w", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(["# tools/reference/intervals.py, mpmath 40 digits; inputs of binned errors: " + " ".join(FIELDS) + " per cell"])
        writer.writerow(["quantity", "in", "out", "tolerance"])
        writer.writerows(out)


if __name__ == "__main__":
    main()

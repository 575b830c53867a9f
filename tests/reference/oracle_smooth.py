"""The smooth calibration error from its definition: every row's reflected Gaussian at every point of a grid."""

import math

import numpy as np
from scipy import optimize, stats

from oracle_inference import ALPHA, M1, M3, UNKNOWN, gamma3
from oracle_sorted import once_per_rows, used_rows


def kernel(t, c, s):
    """G_s(t, c) for all pairs: Gaussians about c and its images in mirrors at 0 and 1, as far as they reach."""
    total = np.zeros((len(t), len(c)))
    images = math.ceil(4 * s + 1)
    for m in range(-images, images + 1):
        for x in (2 * m + c, 2 * m - c):
            near = np.flatnonzero((x > -8 * s) & (x < 1 + 8 * s))
            if len(near):
                z = (t[:, None] - x[near]) / s
                total[:, near] += np.exp(-z * z / 2)
    return total / (s * math.sqrt(2 * math.pi))


def grid(s, per_width):
    points = math.ceil(per_width / s) + 1
    t = np.linspace(0, 1, points)
    weight = np.full(points, 1 / (points - 1))
    weight[[0, -1]] /= 2
    return t, weight


def smoothed(d, s):
    c, a, w, _ = used_rows(d)
    values, place = np.unique(c, return_inverse=True)
    t, weight = grid(s, 100)
    return float(weight @ abs(kernel(t, values, s) @ np.bincount(place, w * (a - c)))) / d.W


WIDEST = 0.5  # above, the library leaves out images that matter a little


def noise(d, s, variance):
    """Shifted gamma law of the integral of |normal process| with covariance sum variance G G."""
    c, place = np.unique(used_rows(d)[0], return_inverse=True)
    t, weight = grid(s, 12)
    G = kernel(t, c, s)
    covariance = (G * np.bincount(place, variance)) @ G.T
    deviation = np.sqrt(np.diag(covariance))
    product = np.maximum(np.outer(deviation, deviation), 1e-300)
    rho = np.clip(covariance / product, -1, 1)
    mean = M1 * float(weight @ deviation)
    spread = 2 / math.pi * float(weight @ (product * (np.sqrt(1 - rho**2) + rho * np.arcsin(rho) - 1)) @ weight)
    part = spread / mean * M1 / (1 - M1**2)
    return gamma3(mean, spread, mean / M1 / part * part**3 * M3)


def crossing(f, start):
    """The s = f(s) of a function that does not increase; it lies between any s and f(s)."""
    low, high = sorted((start, f(start)))
    # Wider, since quadrature and quantile may make f rise a little where it is flat.
    return optimize.brentq(lambda s: f(s) - s, low * 0.8, high * 1.2, xtol=1e-8)


@once_per_rows
def smooth_ece(d):
    c, a, w, v = used_rows(d)
    gap = abs(math.fsum(w * (a - c))) / d.W
    if (a == c).all():
        return {"": 0.0, "expected": 0.0, "p_value": 1.0}
    _, place = np.unique(c, return_inverse=True)
    none = (abs(np.bincount(place, w * (a - c))) < 1e-12).all()  # residuals of equal confidences cancel
    value = 0.0 if none else crossing(lambda s: smoothed(d, s), max(gap, 0.02))
    null = v * c * (1 - c) / d.W**2
    if not null.sum() > 1e-12:
        return {"": value, "expected": 0.0, "p_value": 0.0}
    result = {"": value, "expected": min(crossing(lambda s: noise(d, s, null).mean(), 0.3 * len(c)**(-1 / 3)), 1.0),
              "p_value": 1.0 if none else noise(d, value, null).sf(value)}
    if none or value > WIDEST:
        return result | {"p_value": 1.0 if none else UNKNOWN}
    seen = v * (c - a)**2 / d.W**2
    sampling = seen * max(1.0, null.sum() / seen.sum())
    result["lower"] = max(0.0, value - noise(d, value, sampling).isf(ALPHA))
    upper = min(1.0, crossing(lambda s: smoothed(d, s) + noise(d, s, sampling).isf(ALPHA), 2 * value))
    return result | {"upper": upper if upper < WIDEST else UNKNOWN}

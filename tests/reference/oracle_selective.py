"""Selective metrics, from their definitions over the groups of equal confidence."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from oracle_inference import ALPHA, clopper_pearson, gamma3, wilson, z_of

COVERAGE, RISK, THRESHOLD = 0.8, 0.05, 0.9  # the default options


@dataclass
class Groups:
    """By decreasing confidence: sums of w, of w e, of v = w (w^2 for importance weights) and of v e."""
    c: np.ndarray
    w: np.ndarray
    u: np.ndarray
    v: np.ndarray
    vu: np.ndarray
    W: float
    effective: float
    importance: bool


def groups_of(d):
    used = d.w > 0
    c, e, w = d.c[used], 1 - d.a[used], d.w[used]
    v = w**2 if d.weight_kind == "importance" else w
    values = np.unique(c)[::-1]
    sums = [[math.fsum(x[c == t]) for t in values] for x in (w, w * e, v, v * e)]
    W = math.fsum(w)
    return Groups(values, *map(np.array, sums), W, W**2 / math.fsum(v), d.weight_kind == "importance")


def harmonic(a, n):
    """sum_{j=1..n} 1/(a + j); by the digamma function where n is no whole number."""
    if n == round(n) and n < 1e5:
        return math.fsum(1 / (a + j) for j in range(1, round(n) + 1))
    return special.digamma(a + n + 1) - special.digamma(a + 1)


def two_sided_gamma(value, centre, variance, third):
    if abs(value - centre) <= 1e-12 * max(abs(centre), 1e-3):
        return 1.0
    if variance <= 0:
        return 0.0
    sign = -1 if third < 0 else 1
    skew = abs(third) / variance**1.5
    law = gamma3(0, variance, abs(third)) if skew > 1e-9 else stats.norm(0, math.sqrt(variance))
    x = sign * (value - centre)
    return min(1.0, 2 * min(law.cdf(x), law.sf(x)))


def null_law(g, k):
    """Mean, variance and third moment of sum w k e over independent errors of probability 1 - c."""
    p = 1 - g.c
    return (math.fsum(g.w * k * p), math.fsum(g.v * k**2 * p * g.c),
            math.fsum(g.v * (g.v / g.w) * k**3 * p * g.c * (1 - 2 * p)))


def logit_interval(value, error, top):
    if value <= 0:
        return 0.0, min(z_of(ALPHA / 2) * error, top)
    if value >= top:
        return max(top - z_of(ALPHA / 2) * error, 0.0), top
    y = math.log(value / (top - value))
    h = z_of(ALPHA / 2) * error * top / (value * (top - value))
    return top * special.expit(y - h), top * special.expit(y + h)


def deviation_of_mean(g, hit, error, mean):
    """Standard error from the influence function, whose value is `hit` or `error` by group."""
    if not g.effective > 1:
        return None
    squares = math.fsum((g.v - g.vu) * (hit - mean)**2 + g.vu * (error - mean)**2)
    return math.sqrt(squares) / g.W if g.importance else math.sqrt(squares / (g.W - 1) / g.W)


def area_interval(g, value, error, top, most, least):
    u = math.fsum(g.u)
    if u <= 0:
        return 0.0, min(most(clopper_pearson(0, g.effective, ALPHA)[1]), top)
    if u >= g.W * (1 - 1e-15):
        return min(least(clopper_pearson(g.effective, g.effective, ALPHA)[0]), value), top
    return (None, None) if error is None else logit_interval(value, error, top)


def best(r):
    return r + (1 - r) * math.log1p(-r) if r < 1 else 1.0


def worst(r):
    return r - special.xlogy(r, r)


def area_parts(g):
    """Per group what its rows add to W AURC, what an error in it counts there, and what every error above it counts."""
    m = len(g.c)
    step = g.v / g.w
    s = np.concatenate([[0], np.cumsum(g.w)[:-1]])
    E = np.concatenate([[0], np.cumsum(g.u)[:-1]])
    D = np.array([harmonic(s[i] / step[i], g.w[i] / step[i]) for i in range(m)])
    own = 1 - s / g.w * D
    added = E * D + g.u * own
    return added, own, D


def over_groups_below(x):
    return np.cumsum(x[::-1])[::-1] - x


def aurc_parts(d):
    g = groups_of(d)
    added, own, D = area_parts(g)
    rho = added / g.w
    k = own + over_groups_below(D)
    hit = rho - own * rho - over_groups_below(D * rho)
    r = math.fsum(g.u) / g.W
    return g, math.fsum(added) / g.W, k, hit, hit + k, r


def aurc(d):
    g, value, k, hit, error, r = aurc_parts(d)
    mean, variance, third = null_law(g, k / g.W)
    low, high = area_interval(g, value, deviation_of_mean(g, hit, error, value), 1, worst, best)
    return {"": value, "lower": low, "upper": high, "expected": mean,
            "p_value": two_sided_gamma(value, mean, variance, third), "best_order": best(r)}


def e_aurc(d):
    g, value, k, hit, error, r = aurc_parts(d)
    value -= best(r)
    promised = math.fsum(g.w * (1 - g.c)) / g.W
    slope = math.log1p(-promised) if promised < 1 else 0.0
    variance_of_rate = math.fsum(g.v * g.c * (1 - g.c)) / g.W**2
    expected = max(0, null_law(g, k / g.W)[0] - best(promised) - variance_of_rate / 2 / (1 - promised))
    if r >= 1:
        return {"": value, "lower": None, "upper": None, "expected": expected, "p_value": None}
    _, variance, third = null_law(g, (k + slope) / g.W)
    seen = math.log1p(-r)
    deviation = deviation_of_mean(g, hit, error + seen, value + best(r) + r * seen)

    def most(bound):
        half = min(bound, 0.5)
        return worst(half) - best(half)

    low, high = area_interval(g, value, deviation, 1, most, lambda _: 0.0)
    return {"": value, "lower": low, "upper": high, "expected": expected,
            "p_value": two_sided_gamma(value, expected, variance, third)}


def augrc(d):
    g = groups_of(d)
    at_or_above = np.cumsum(g.w)
    k = (g.W - at_or_above + g.w / 2) / g.W  # how many rows an error is answered before, or together with
    value = math.fsum(g.u * k) / g.W
    above = (np.cumsum(g.u) - g.u / 2) / g.W
    mean, variance, third = null_law(g, k / g.W)
    deviation = deviation_of_mean(g, above, above + k, 2 * value)
    low, high = area_interval(g, value, deviation, 0.5, lambda b: b - b * b / 2, lambda b: b * b / 2)
    r = math.fsum(g.u) / g.W
    return {"": value, "lower": low, "upper": high, "expected": mean,
            "p_value": two_sided_gamma(value, mean, variance, third), "best_order": r * r / 2}


def aurc_trapezoid(d):
    g = groups_of(d)

    def area(errors):
        risk = np.cumsum(errors) / np.cumsum(g.w)
        return float(np.trapezoid(np.concatenate([risk[:1], risk]), np.concatenate([[0], np.cumsum(g.w)]) / g.W))

    return {"": area(g.u), "expected": area(g.w * (1 - g.c))}


def selective(g, chosen):
    """The risk of the groups `chosen`, with its inference."""
    w = math.fsum(g.w[chosen])
    risk = math.fsum(g.u[chosen]) / w
    n = w**2 / math.fsum(g.v[chosen])
    mean, variance, third = null_law(g, np.where(chosen, 1 / w, 0.0))
    low, high = clopper_pearson(risk * n, n, ALPHA)
    return {"": risk, "lower": low, "upper": high, "expected": mean,
            "p_value": two_sided_gamma(risk, mean, variance, third)}


def risk_at_coverage(d):
    g = groups_of(d)
    coverage = np.cumsum(g.w) / g.W
    last = int(np.argmax(coverage >= COVERAGE - 1e-12))
    return selective(g, np.arange(len(g.c)) <= last) | {"threshold": g.c[last], "coverage": coverage[last]}


def selective_risk(d):
    g = groups_of(d)
    chosen = g.c >= THRESHOLD
    if not chosen.any():
        return {"": None, "lower": None, "upper": None, "expected": None, "p_value": None}
    return selective(g, chosen)


def coverage_at_risk(d):
    g = groups_of(d)

    def largest(errors):
        fits = np.flatnonzero(np.cumsum(errors) / np.cumsum(g.w) <= RISK + 1e-12)
        return math.fsum(g.w[:fits[-1] + 1]) / g.W if len(fits) else 0.0

    return {"": largest(g.u), "promised_coverage": largest(g.w * (1 - g.c))}


def coverage(d):
    g = groups_of(d)
    share = math.fsum(g.w[g.c >= THRESHOLD]) / g.W
    low, high = wilson(share * g.effective, g.effective)
    return {"": share, "lower": low, "upper": high}


SELECTIVE_METRICS = {
    "aurc": aurc, "e_aurc": e_aurc, "augrc": augrc, "aurc_trapezoid": aurc_trapezoid,
    "risk_at_coverage": risk_at_coverage, "coverage_at_risk": coverage_at_risk, "selective_risk": selective_risk,
    "coverage": coverage,
}

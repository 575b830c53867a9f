"""Binnings, splines and Venn-Abers against their definitions in NumPy, written a second time and without regard to speed."""

import math

import numpy as np
import pytest

import calibrant


def drawn(n=600, k=3, seed=0, decimals=None):
    """Overconfident probabilities and labels; rounded, so that many are equal."""
    rng = np.random.default_rng(seed)
    z = rng.normal(scale=2, size=(n, k))
    y = (z / 2 + rng.gumbel(size=(n, k))).argmax(axis=1)
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True)
    if decimals is not None:
        p = np.floor(p * 10**decimals) / 10**decimals
        p[:, 0] += 1 - p.sum(axis=1)
    return p, y


def normalized(g):
    return g / g.sum(axis=1, keepdims=True)


def equal_mass_edges(s, bins):
    """From 0 to 1; halfway between the last score of a chunk of numpy.array_split and the next one, without splitting equals."""
    chunks = np.array_split(np.sort(s), bins)
    edges = [0.0]
    for left, right in zip(chunks, chunks[1:]):
        if len(left) and len(right):
            edge = (left[-1] + right[0]) / 2
            if edges[-1] < edge < 1:
                edges.append(edge)
    return np.array([*edges, 1.0])


def bin_of(edges, s):
    return np.clip(np.searchsorted(edges, s, side="right") - 1, 0, len(edges) - 2)


def bbq_curve(s, hit, new):
    root = len(s) ** (1 / 3)
    scores, values = [], []
    for count in range(max(math.ceil(root / 10), 1), min(math.floor(root * 10), len(np.unique(s))) + 1):
        edges = equal_mass_edges(s, count)
        bins = len(edges) - 1
        total = np.bincount(bin_of(edges, s), minlength=bins)
        hits = np.bincount(bin_of(edges, s), weights=hit, minlength=bins)
        a = 2 / bins
        q = (edges[:-1] + edges[1:]) / 2
        scores.append(
            sum(
                math.lgamma(a) - math.lgamma(n + a)
                + math.lgamma(m + a * c) - math.lgamma(a * c)
                + math.lgamma(n - m + a * (1 - c)) - math.lgamma(a * (1 - c))
                for n, m, c in zip(total, hits, q)
            )
        )
        values.append(((hits + a * q) / (total + a))[bin_of(edges, new)])
    weights = np.exp(np.array(scores) - max(scores))
    weights[weights < 1e-4] = 0
    return weights @ np.array(values) / weights.sum()


@pytest.mark.parametrize("decimals", [None, 2])
def test_bbq_is_the_average_of_its_binnings(decimals):
    p, y = drawn(decimals=decimals)
    new = drawn(200, seed=1)[0]
    expected = normalized(np.stack([bbq_curve(p[:, k], y == k, new[:, k]) for k in range(3)], axis=1))
    assert np.abs(calibrant.BayesianBinning().fit(p, y).predict_proba(new) - expected).max() < 1e-9


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def information(edges, s):
    """I(y; bin) in nats where y is 1 with the probability s."""
    b = bin_of(edges, s)
    mass = np.bincount(b, minlength=len(edges) - 1) / len(s)
    ones = np.bincount(b, weights=s, minlength=len(edges) - 1) / len(s)
    used = mass > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        joint = np.stack([ones[used], mass[used] - ones[used]])
        return np.nansum(joint * np.log(joint / (mass[used] * joint.sum(axis=1, keepdims=True))))


def test_edges_of_i_max_lie_where_both_neighbours_fit_equally_well():
    p, y = drawn(2000, 4)
    fitted = calibrant.InformationBinning(bins=8).fit(p, y)
    s = p.ravel()
    bins = int(fitted.parameters_["bins"][0])
    edges = fitted.parameters_["edges"][: bins + 1]
    assert bins == 8
    inside = bin_of(edges, s)
    phi = np.array([np.log(s[inside == b].sum() / (1 - s[inside == b]).sum()) for b in range(bins)])
    soft = np.logaddexp(0, phi)
    less = np.logaddexp(0, -phi)
    expected = np.log((soft[1:] - soft[:-1]) / (less[:-1] - less[1:]))
    assert np.abs(np.log(edges[1:-1] / (1 - edges[1:-1])) - expected).max() < 1e-4
    shares = np.array([(np.eye(4)[y].ravel())[inside == b].mean() for b in range(bins)])
    assert np.allclose(fitted.parameters_["values"][:bins], shares, atol=1e-12)
    assert information(edges, s) > information(equal_mass_edges(s, 8), s)
    assert information(edges, s) > information(np.linspace(0, 1, 9), s)


def test_i_max_with_a_set_for_each_class():
    p, y = drawn(2000, 4)
    fitted = calibrant.InformationBinning(bins=6, sets="each").fit(p, y)
    sets = np.split(fitted.parameters_["edges"], np.cumsum(fitted.parameters_["bins"].astype(int) + 1)[:-1])
    assert len({tuple(edges) for edges in sets}) == 4
    assert calibrant.InformationBinning(seed=3).fit(p, y).predict_proba(p).shape == p.shape


def spline_curve(s, hit, knots, new):
    interpolate = pytest.importorskip("scipy.interpolate")
    order = np.argsort(s)
    s, hit = s[order], hit[order].astype(float)
    assert len(np.unique(s)) == len(s)
    n = len(s)
    t = np.arange(n + 1) / n
    h = np.concatenate([[0], np.cumsum(hit - s) / n])
    weights = np.concatenate([[1], np.full(n - 1, 2), [1]])
    at = np.linspace(0, 1, knots)
    basis = interpolate.CubicSpline(at, np.eye(knots), bc_type="natural")
    root = np.sqrt(weights)[:, None]
    values = np.linalg.lstsq(root * basis(t), root[:, 0] * h, rcond=None)[0]
    corrected = np.clip(s + basis((t[:-1] + t[1:]) / 2, 1) @ values, 0, 1)
    return np.interp(new, s, corrected)


def test_spline_is_the_slope_of_what_has_added_up():
    p, y = drawn(900)
    new = drawn(200, seed=1)[0]
    expected = np.stack([spline_curve(p[:, k], y == k, 6, new[:, k]) for k in range(3)], axis=1)
    assert np.abs(calibrant.SplineCalibration().fit(p, y).predict_proba(new) - normalized(expected)).max() < 1e-6


def test_spline_of_the_largest_alone():
    p, y = drawn(900)
    top = p.argmax(axis=1)
    rows = np.arange(len(p))
    expected = spline_curve(p[rows, top], y == top, 8, p[rows, top])
    corrected = calibrant.SplineCalibration(corrects="top_label", knots=8).fit(p, y).predict_proba(p)
    assert np.abs(corrected[rows, top] - expected).max() < 1e-6
    others = np.delete(corrected[0], top[0]) / np.delete(p[0], top[0])
    assert np.ptp(others) < 1e-9


def test_monotone_spline_does_not_fall():
    p, y = drawn(150, 3, seed=4)
    plain = calibrant.SplineCalibration(knots=12).fit(p, y).parameters_
    pooled = calibrant.SplineCalibration(knots=12, monotone=True).fit(p, y).parameters_
    ends = np.cumsum(plain["knots"].astype(int))[:-1]
    assert any((np.diff(y_of_class) < 0).any() for y_of_class in np.split(plain["y"], ends))
    assert all((np.diff(y_of_class) >= 0).all() for y_of_class in np.split(pooled["y"], ends))


def test_constant_scores_become_the_share_of_the_class():
    p = np.tile([0.5, 0.3, 0.2], (90, 1))
    y = np.repeat([0, 1, 2], [60, 20, 10])
    for calibrator in (calibrant.SplineCalibration(), calibrant.InformationBinning(sets="each")):
        assert np.allclose(calibrator.fit(p, y).predict_proba(p)[0], [6 / 9, 2 / 9, 1 / 9], atol=1e-9)


def test_top_label_binning_is_the_share_of_right_rows():
    p, y = drawn(3000)
    top = p.argmax(axis=1)
    confidence = p.max(axis=1)
    fitted = calibrant.TopLabelBinning(bins=10).fit(p, y)
    labels, h = fitted.predict_top(p)
    assert (labels == top).all()
    for k in range(3):
        mine = top == k
        bins = min(10, mine.sum() // 50)
        edges = equal_mass_edges(confidence[mine], bins)
        inside = bin_of(edges, confidence[mine])
        right = (y == top)[mine]
        expected = np.array([right[inside == b].mean() for b in range(len(edges) - 1)])[inside]
        assert np.abs(h[mine] - expected).max() < 1e-12
        assert np.bincount(inside).min() >= 50


def test_top_label_binning_pools_classes_with_few_rows():
    p, y = drawn(200, 12)
    fitted = calibrant.TopLabelBinning().fit(p, y)
    assert [note["code"] for note in fitted.report_["notes"]].count("pooled_classes") == 1
    top = p.argmax(axis=1)
    edges = equal_mass_edges(p.max(axis=1), 4)
    inside = bin_of(edges, p.max(axis=1))
    expected = np.array([(y == top)[inside == b].mean() for b in range(len(edges) - 1)])[inside]
    assert np.abs(fitted.predict_top(p)[1] - expected).max() < 1e-12


def venn_abers_pair(s, hit, new):
    """p0 and p1 by adding the new row to the others, twice."""
    isotonic = pytest.importorskip("sklearn.isotonic").IsotonicRegression
    values = []
    for label in (0.0, 1.0):
        x = np.append(s, new)
        values.append(isotonic().fit(x, np.append(hit, label)).predict([new])[0])
    return values


def test_venn_abers_of_pairs_agrees_with_isotonic_regression():
    p, y = drawn(120)
    new = drawn(8, seed=1)[0]
    expected = []
    for row in new:
        share = np.zeros((3, 3))
        for i in range(3):
            for j in range(i + 1, 3):
                rows = (y == i) | (y == j)
                s = p[rows, i] / (p[rows, i] + p[rows, j])
                p0, p1 = venn_abers_pair(s, (y[rows] == i).astype(float), row[i] / (row[i] + row[j]))
                share[i, j] = p1 / (1 - p0 + p1)
                share[j, i] = 1 - share[i, j]
        expected.append([1 / (sum(1 / share[i, j] for j in range(3) if j != i) - 1) for i in range(3)])
    got = calibrant.VennAbersPairs().fit(p, y).predict_proba(new)
    assert np.abs(got - normalized(np.array(expected))).max() < 1e-9


def test_cross_venn_abers_merges_by_geometric_means():
    p, y = drawn(400, 2)
    fitted = calibrant.VennAbers(folds=3).fit(p, y)
    learned = fitted.parameters_
    assert learned["folds"] == 3
    ends = np.cumsum(learned["groups"].astype(int))[:-1]
    x, p0, p1 = (np.split(learned[name], ends) for name in ("x", "p0", "p1"))
    assert sum(map(len, x)) == 400
    s = 0.4137
    miss, hit = 1.0, 1.0
    for f in range(3):
        miss *= 1 - p0[f][np.searchsorted(x[f], s, side="right") - 1]
        hit *= p1[f][np.searchsorted(x[f], s)]
    expected = hit ** (1 / 3) / (miss ** (1 / 3) + hit ** (1 / 3))
    assert fitted.predict_proba(np.array([[1 - s, s]]))[0, 1] == pytest.approx(expected, rel=1e-12)


def test_scaling_binning_shares_rows_when_asked():
    p, y = drawn(900)
    apart = calibrant.ScalingBinning().fit(p, y).parameters_
    shared = calibrant.ScalingBinning(shared=True).fit(p, y).parameters_
    assert not np.array_equal(apart["values"], shared["values"])
    # Values are means of what the bins are cut from, so every value lies in its bin.
    bins = shared["bins"].astype(int)
    edges = np.split(shared["edges"], np.cumsum(bins + 1)[:-1])
    for class_edges, values in zip(edges, np.split(shared["values"], np.cumsum(bins)[:-1])):
        assert (class_edges[:-1] <= values).all()
        assert (values <= class_edges[1:]).all()

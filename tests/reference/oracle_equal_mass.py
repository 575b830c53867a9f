"""Class-wise errors over ranges of equal mass, from their definition over the rows."""
import math

import numpy as np

from oracle_inference import cells, joined, l1, l1_interval, l1_null


def equal_mass_bin_of(c, w, bins, counted):
    """The bin of each value: numpy.array_split of the sorted rows, or the row in which the weight reaches j W / B; edges are
    midpoints, coincident ones one edge."""
    order = np.argsort(c[w > 0], kind="stable")
    value, weight = c[w > 0][order], w[w > 0][order]
    if counted:
        ends = np.cumsum([len(x) for x in np.array_split(value, bins)])[:-1]
    else:
        total = np.cumsum(weight)
        ends = np.array([np.argmax(total >= j * total[-1] / bins * (1 - 1e-15)) + 1 for j in range(1, bins)])
    edges = {(value[e - 1] + value[e]) / 2 for e in ends if 0 < e < len(value)}
    return np.digitize(c, sorted(e for e in edges if e < 1))


def range_cells(d, k, above):
    p, hit = d.p[:, k], (d.labels == k).astype(float)
    kept = (d.w > 0) & (p > above)
    if not kept.any():
        return None
    p, hit, w = p[kept], hit[kept], d.w[kept]
    return cells(p, hit, w, equal_mass_bin_of(p, w, d.bins, d.counted))


def adaptive_classwise(d, above=-1.0):
    columns = [range_cells(d, k, above) for k in range(d.K)]
    result = {"": math.fsum(l1(x) for x in columns if x is not None) / d.K}
    # of kept rows alone the classes weigh alike, however many rows they have
    if d.counted and above < 0:
        tested = columns[0] if d.K == 2 else joined(columns)
        result["expected"], result["p_value"], _ = l1_null(tested)
        result["lower"], result["upper"] = l1_interval(tested)
    return result

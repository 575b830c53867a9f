"""Class-wise errors over ranges of equal mass, from their definition over the rows."""
import math

from oracle_inference import cells, joined, l1, l1_interval, l1_null
from oracle_sorted import equal_mass_keys


def range_cells(d, k, above):
    kept = (d.w > 0) & (d.p[:, k] > above)
    if not kept.any():
        return None
    p, hit, w = d.p[kept, k], (d.labels[kept] == k).astype(float), d.w[kept]
    return cells(p, hit, w, equal_mass_keys(p, w, d.bins))


def adaptive_classwise(d, above=-1.0):
    columns = [range_cells(d, k, above) for k in range(d.K)]
    result = {"": math.fsum(l1(x) for x in columns if x is not None) / d.K}
    # of kept rows alone the classes weigh alike, however many rows they have
    if d.counted and above < 0:
        tested = columns[0] if d.K == 2 else joined(columns)
        result["expected"], result["p_value"], _ = l1_null(tested)
        result["lower"], result["upper"] = l1_interval(tested)
    return result

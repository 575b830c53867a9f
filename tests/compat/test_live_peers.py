"""The peer modes beside the packages themselves, on the stored data and on random rows with ties, edges and saturations.

Skipped where .venv-bench or a package is absent; test_peer_fixtures.py has what they answered.
"""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peer_support import DATA_SETS, FLOAT32_TOLERANCE, LivePeers, PeerFailure, evaluate, stored, tolerance

FIXTURES = dict(stored())
# An unstable sort decides in which order tied rows go; a width found by comparing float32 sums.
NOT_ON_RANDOM_ROWS = {("torch_uncertainty", metric) for metric in ("adaptive_ece", "aurc", "augrc", "smooth_ece")}


def require(live: LivePeers, peer: str, catalogue: dict) -> None:
    try:
        installed = live.version(peer)
    except PeerFailure as failure:
        pytest.skip(f"{peer}: {failure}")
    if installed not in catalogue[peer]["version"]:
        pytest.skip(f"{peer}: {installed} is installed, {catalogue[peer]['version']} is reproduced")
    try:
        live.ask(peer, next(iter(catalogue[peer]["metrics"])), *DATA_SETS["golden"], None)
    except PeerFailure as failure:
        pytest.skip(f"{peer}: {failure}")


@pytest.mark.parametrize("peer", FIXTURES)
def test_stored_values_are_what_the_package_answers(live: LivePeers, peer: str, catalogue: dict) -> None:
    require(live, peer, catalogue)
    for entry in FIXTURES[peer]["values"]:
        if entry["data"] == "golden" and entry["bins"] in (None, 15):
            value = live.ask(peer, entry["metric"], *DATA_SETS["golden"], entry["bins"])
            assert value == pytest.approx(entry["value"], rel=1e-6 if "torch" in peer else 1e-12), entry


@st.composite
def predictions(draw, classes: st.SearchStrategy[int] = st.integers(2, 5)) -> tuple[np.ndarray, np.ndarray]:
    """Rows of equal shares (ties, bin edges, zeros and ones), of powers (nearly one) and of arbitrary numbers."""
    k = draw(classes)
    n = draw(st.integers(k, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shares = draw(st.sampled_from([1, 2, 3, 4, 5, 10, 20]))
    kinds = random.integers(0, 3, size=n)
    rows = np.empty((n, k))
    for i, kind in enumerate(kinds):
        if kind == 0:
            rows[i] = random.multinomial(shares, np.full(k, 1 / k)) / shares
        else:
            z = random.normal(size=k) * (40 if kind == 1 else 1)
            rows[i] = np.exp(z - z.max())
            rows[i] /= rows[i].sum()
    labels = random.integers(0, k, size=n)
    labels[:k] = range(k)  # netcal takes K from the labels that occur
    return rows.astype(draw(st.sampled_from([np.float32, np.float64]))), labels.astype(np.int32)


@pytest.mark.parametrize("peer", FIXTURES)
def test_random_rows(live: LivePeers, peer: str, catalogue: dict, tmp_path: Path) -> None:
    require(live, peer, catalogue)
    scores, labels = tmp_path / "scores.npy", tmp_path / "labels.npy"
    compared = 0

    @settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(predictions(), st.integers(2, 25))
    def compare(rows: tuple[np.ndarray, np.ndarray], bins: int) -> None:
        nonlocal compared
        np.save(scores, rows[0])
        np.save(labels, rows[1])
        ours = evaluate(scores, labels, peer, bins)["metrics"]
        for metric in catalogue[peer]["metrics"]:
            if (peer, metric) in NOT_ON_RANDOM_ROWS:
                continue
            try:
                value = live.ask(peer, metric, scores, labels, bins)
            except PeerFailure:
                continue  # ours may be more forgiving
            if not math.isfinite(value):
                assert ours[metric]["value"] is None, metric
                continue
            allowed = tolerance(peer, metric, rows[0].dtype == np.float32)
            # A difference of sums under a root: near 0 the root magnifies their rounding, so squares are compared.
            power = 2 if metric == "ece_l2_debiased" else 1
            # Losses beyond 1 are float32 numbers of larger steps.
            approximate = pytest.approx(value**power, rel=allowed / 4 if allowed >= FLOAT32_TOLERANCE else 0, abs=allowed)
            assert ours[metric]["value"] ** power == approximate, (metric, bins, rows[0].dtype)
            compared += 1

    compare()
    assert compared >= 40


@pytest.mark.parametrize("bins", [*range(1, 40), 49, 50, 64, 77, 100, 123, 128, 200, 333, 500, 777, 1000])
def test_edges_of_torch(live: LivePeers, bins: int, catalogue: dict) -> None:
    require(live, "torchmetrics", catalogue)
    shown = evaluate(*DATA_SETS["binary_float64"], "torchmetrics", bins)["reliability"]["top_label"]
    edges = live.request(linspace=bins)["edges"]
    assert [bin["lower"] for bin in shown] == edges, "the last bin starts at 1"

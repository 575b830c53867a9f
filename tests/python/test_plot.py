"""The reliability diagram on matplotlib axes shows the numbers of the evaluation."""

import numpy as np
import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
matplotlib = pytest.importorskip("matplotlib", reason="matplotlib comes with tools/requirements-dev.txt")
matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

RANDOM = np.random.default_rng(5)
SCORES = RANDOM.dirichlet(np.ones(3), 800)
EVALUATION = calibrant.evaluate(SCORES, RANDOM.integers(0, 3, 800))


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def observed(axes):
    line = next(line for line in axes.lines if line.get_label().startswith("observed"))
    return np.column_stack(line.get_data())


@pytest.mark.parametrize("of_class", [None, "2", 2])
def test_points_and_intervals_are_those_of_the_bins(of_class):
    axes = EVALUATION.plot(of_class)
    reliability = EVALUATION.to_dict()["reliability"]
    bins = reliability["top_label"] if of_class is None else reliability["classes"][2]["bins"]
    bins = [b for b in bins if b["count"] > 0]
    assert observed(axes) == pytest.approx(np.array([[b["confidence"], b["accuracy"]] for b in bins]))
    segments = axes.collections[0].get_segments()
    drawn = np.array([[low, high] for (_, low), (_, high) in segments])
    assert drawn == pytest.approx(np.array([b["interval"] for b in bins]))
    assert len(axes.patches) == len(bins)
    assert axes.get_xlabel() == ("confidence" if of_class is None else "probability of class 2")


def test_it_draws_on_given_axes_and_says_the_headline_number():
    _, axes = plt.subplots()
    assert EVALUATION.plot(ax=axes) is axes
    assert axes.get_title().startswith(f"ECE {EVALUATION.ece.value:.4f} [")


def test_a_class_that_is_not_there_is_refused():
    with pytest.raises(calibrant.CalibrantError, match=r"of_class: got 'x', expected one of .*\(0, 1, 2\)"):
        EVALUATION.plot("x")

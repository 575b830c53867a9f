"""calibrant.compare: the document of the command; its tests beside those of SciPy."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.path.abspath(os.environ.get("CALIBRANT_COMMAND", str(ROOT / "build" / "release" / "bin" / "calibrant")))


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def two_models(n: int = 500, classes: int = 4, seed: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    z = random.normal(size=(n, classes)) * 2
    labels = (softmax(z).cumsum(axis=1) > random.random((n, 1))).argmax(axis=1)
    a, b = (softmax(factor * (z + random.normal(size=z.shape) * 0.5)) for factor in (1.6, 1.0))
    return labels, a, b


Y, A, B = two_models()
ROWS = np.arange(len(Y))
DIFFERENCES = {
    "log_loss": np.log(A[ROWS, Y]) - np.log(B[ROWS, Y]),
    "brier": ((B - np.eye(4)[Y]) ** 2).sum(axis=1) - ((A - np.eye(4)[Y]) ** 2).sum(axis=1),
    "accuracy": (B.argmax(axis=1) == Y).astype(float) - (A.argmax(axis=1) == Y),
}


@pytest.mark.parametrize("metric", DIFFERENCES)
def test_means_are_those_of_scipy(metric):
    stats = pytest.importorskip("scipy.stats")
    d = DIFFERENCES[metric]
    got = calibrant.compare(Y, {"a": A, "b": B})["b"][metric]
    assert got.value == pytest.approx(d.mean(), abs=1e-13)
    assert got.standard_error == pytest.approx(stats.sem(d), rel=1e-10)
    assert got.interval == pytest.approx(stats.norm.interval(0.95, d.mean(), stats.sem(d)), abs=1e-12)
    if metric == "accuracy":
        expected = stats.binomtest(int((d > 0).sum()), int((d != 0).sum())).pvalue
    else:
        expected = 2 * stats.norm.sf(abs(d.mean()) / stats.sem(d))
        # With 500 rows Student's t is all but normal.
        assert stats.ttest_1samp(d, 0).pvalue == pytest.approx(expected, rel=0.2, abs=1e-4)
    assert got.p_value == pytest.approx(expected, rel=1e-9)


def test_holm_is_that_of_the_definition():
    pair = calibrant.compare(Y, {"a": A, "b": B})["b"]
    tests = sorted((d.p_value, name) for name, d in pair.items() if d.p_value is not None)
    assert len(tests) == 4
    largest = 0.0
    for i, (p, name) in enumerate(tests):
        largest = max(largest, min(1.0, (len(tests) - i) * p))
        assert pair[name].adjusted_p_value == pytest.approx(largest, rel=1e-15)


def test_the_square_is_that_of_the_cells():
    def square(p: np.ndarray) -> float:
        confidence, right = p.max(axis=1), p.argmax(axis=1) == Y
        bins = np.minimum((confidence * 15).astype(int), 14)
        theta = 0.0
        for b in range(15):
            rows = bins == b
            if (n := rows.sum()) >= 2:
                accuracy = right[rows].mean()
                theta += n / len(Y) * ((confidence[rows].mean() - accuracy) ** 2 - accuracy * (1 - accuracy) / (n - 1))
        return theta

    got = calibrant.compare(Y, {"a": A, "b": B})["b"].ece_l2_squared
    assert got.value == pytest.approx(square(B) - square(A), abs=1e-12)
    assert got.interval[0] < got.value < got.interval[1]
    assert got.value - got.interval[0] == pytest.approx(got.interval[1] - got.value)
    # The p-value and the interval are two views of the same replicates.
    assert (got.p_value <= 0.05) == (not got.interval[0] <= 0 <= got.interval[1])


@pytest.mark.parametrize("options", [{}, {"bins": 7, "level": 0.9, "bootstrap": 200, "seed": 3}])
def test_the_document_is_that_of_the_command(tmp_path, options):
    for name, scores in (("a", A), ("b", B)):
        np.save(tmp_path / f"{name}.npy", scores)
    np.save(tmp_path / "labels.npy", Y)
    flags = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = [COMMAND, "compare", "a.npy", "b.npy", "--labels", "labels.npy", "--probabilities", "--json", "-", *flags]
    theirs = json.loads(subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout)
    ours = calibrant.compare(Y, {"a.npy": A, "b.npy": B}, **options).to_dict()
    assert ours["calibrant"].pop("command") == "calibrant.compare"
    theirs["calibrant"].pop("command")
    assert ours == theirs


def test_logits_of_one_model():
    result = calibrant.compare(Y, {"a": A, "b": np.log(B)}, logits=["b"])
    expected = calibrant.compare(Y, {"a": A, "b": B})
    assert [model["input"] for model in result.to_dict()["models"]] == ["probabilities", "logits"]
    assert result["b"].log_loss.value == pytest.approx(expected["b"].log_loss.value, abs=1e-9)


def test_names_pairs_and_text():
    names = ["ant", "bee", "cow", "dog"]
    result = calibrant.compare(np.array(names)[Y], {"a": A, "b": B, "c": A}, classes=names, all_pairs=True)
    assert [(pair.baseline, pair.model) for pair in result.pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert result["b", "c"].model == "c" and result["b"].verdict == result.verdicts[0]
    assert result.models["b"]["accuracy"] == pytest.approx((B.argmax(axis=1) == Y).mean())
    assert "adjusted p" in repr(result)
    with pytest.raises(KeyError, match="compared were"):
        result["c", "a"]
    with pytest.raises(AttributeError, match="ece_l2_squared"):
        result["b"].nothing  # noqa: B018


def test_weights():
    times = np.random.default_rng(1).integers(0, 3, len(Y))
    weighted = calibrant.compare(Y, {"a": A, "b": B}, weights=times)["b"]
    repeated = calibrant.compare(np.repeat(Y, times), {"a": np.repeat(A, times, axis=0), "b": np.repeat(B, times, axis=0)})["b"]
    for metric in ("log_loss", "brier", "accuracy"):
        assert weighted[metric].p_value == pytest.approx(repeated[metric].p_value, rel=1e-9)


@pytest.mark.parametrize(
    ("models", "options", "says"),
    [
        ({"a": A}, {}, "expected at least two"),
        ({"a": A, "b": B[:-1]}, {}, "labels beside model 'b'"),
        ({"a": A, "b": B}, {"logits": ["c"]}, "expected names of the models"),
        ({"a": A, "b": B[:, :3] / B[:, :3].sum(axis=1, keepdims=True)}, {"on_invalid": "skip"}, "has other classes"),
        ({"a": A, "b": B * 2}, {}, "b: row 0"),
    ],
)
def test_refusals(models, options, says):
    with pytest.raises(calibrant.CalibrantError, match=says):
        calibrant.compare(Y, models, **options)

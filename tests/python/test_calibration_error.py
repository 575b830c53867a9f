"""Calibration error by torchmetrics' rule and by the textbook's, and the metric of Hugging Face's evaluate on top of it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
from calibrant.torchmetrics_rule import calibration_error  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def by_definition(confidence, correct, bins, norm, ones_alone, real=np.float32):
    """The rule in NumPy: [lo, hi) of linspace in `real`; a confidence of 1 in a bin of its own, or in the last one."""
    confidence = confidence.astype(real)
    place = np.searchsorted(np.linspace(0, 1, bins + 1, dtype=real), confidence, side="right") - 1
    if not ones_alone:
        place = np.minimum(place, bins - 1)
    gaps, shares = [], []
    for b in np.unique(place):
        inside = place == b
        gaps.append(abs(confidence[inside].astype(np.float64).mean() - correct[inside].mean()))
        shares.append(inside.mean())
    gaps, shares = np.array(gaps), np.array(shares)
    return {"l1": (gaps * shares).sum(), "l2": np.sqrt((gaps**2 * shares).sum()), "max": gaps.max()}[norm]


def cases(draw):
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = (draw(st.integers(1, 60)), *draw(st.lists(st.integers(1, 4), max_size=2)))
    classes = draw(st.integers(2, 6))
    logits = random.normal(size=(shape[0], classes, *shape[1:])) * draw(st.sampled_from([0.3, 3.0, 200.0]))
    scores = np.exp(logits - logits.max(axis=1, keepdims=True))
    scores = (scores / scores.sum(axis=1, keepdims=True)).astype(draw(st.sampled_from(["f2", "f4", "f8"])))
    labels = random.integers(0, classes, shape)
    if draw(st.booleans()):  # two classes, as probabilities of the second
        scores, labels = np.ascontiguousarray(scores[:, 0]), (labels == 0).astype(np.int64)
    ignored = draw(st.sampled_from([None, -100, 0]))
    if ignored == -100:
        labels = np.where(random.random(labels.shape) < 0.2, -100, labels)
    return scores, labels, {
        "n_bins": draw(st.integers(1, 20)), "norm": draw(st.sampled_from(["l1", "l2", "max"])), "ignore_index": ignored
    }


CASES = st.composite(cases)()


def kept(scores, labels, ignored):
    """Confidence and correctness of the positions that count."""
    if scores.shape == labels.shape:
        confidence, correct = scores.ravel(), labels.ravel() == 1
    else:
        confidence, correct = scores.max(axis=1).ravel(), (scores.argmax(axis=1) == labels).ravel()
    counts = np.ones(labels.size, bool) if ignored is None else labels.ravel() != ignored
    return confidence[counts], correct[counts]


@settings(max_examples=300)
@given(CASES, st.sampled_from(["torchmetrics", "textbook"]))
def test_every_shape_norm_and_type_follows_the_definition(case, compat):
    scores, labels, options = case
    confidence, correct = kept(scores, labels, options["ignore_index"])
    got = calibration_error(scores, labels, compat=compat, **options)
    if confidence.size == 0:
        assert np.isnan(got)
    elif compat == "torchmetrics":
        real = np.float64 if scores.shape == labels.shape and scores.dtype == np.float64 else np.float32
        expected = by_definition(confidence, correct, options["n_bins"], options["norm"], True, real)
        assert got == pytest.approx(expected, abs=1e-9)
    else:
        # The textbook's edges are exact where torchmetrics rounds to float32: compared away from edges.
        edges = np.linspace(0, 1, options["n_bins"] + 1)
        if np.abs(confidence[:, None].astype(np.float64) - edges[1:-1]).min(initial=1) > 1e-6:
            expected = by_definition(confidence, correct, options["n_bins"], options["norm"], False)
            assert got == pytest.approx(expected, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(CASES)
def test_torchmetrics_itself_agrees(case):
    torch = pytest.importorskip("torch")
    functional = pytest.importorskip("torchmetrics.functional.classification")
    scores, labels, options = case
    if kept(scores, labels, options["ignore_index"])[0].size == 0:
        return
    predictions, target = torch.from_numpy(scores), torch.from_numpy(labels)
    if scores.dtype == np.float16:
        predictions = predictions.float()  # the rule on the widened values
    if scores.shape == labels.shape:
        theirs = functional.binary_calibration_error(predictions, target, **options)
    else:
        theirs = functional.multiclass_calibration_error(predictions, target, num_classes=scores.shape[1], **options)
    assert calibration_error(predictions, target, compat="torchmetrics", **options) == pytest.approx(float(theirs), abs=1e-6)


def test_logits_are_declared_never_guessed():
    logits = np.array([[2.0, -1.0], [0.5, 0.7]])
    labels = np.array([0, 1])
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert calibration_error(logits, labels, logits=True) == pytest.approx(calibration_error(scores, labels), abs=1e-12)
    with pytest.raises(calibrant.CalibrantError, match="position 0 holds 2, expected probabilities .* logits=True"):
        calibration_error(logits, labels)
    sigmoid = 1 / (1 + np.exp(-logits[:, 0]))
    assert calibration_error(logits[:, 0], labels, logits=True) == pytest.approx(calibration_error(sigmoid, labels), abs=1e-12)


@pytest.mark.parametrize(
    ("predictions", "references", "options", "words"),
    [
        ([0, 1], [[0.2, 0.8], [0.1, 0.9]], {}, "look swapped"),
        ([0, 1], [0.2, 0.8], {}, "look swapped"),
        ([[0.2, 0.8]], [0, 1], {}, r"got shape \(1, 2\) beside references of shape \(2,\)"),
        ([[0.2, 0.8]], [2], {}, "position 0 is 2, expected a class index from 0 to 1"),
        ([[0.2, 0.8]], [1], {"num_classes": 3}, "num_classes: got 3 beside predictions of 2"),
        ([[0.2, float("nan")]], [1], {}, "position 0 holds NaN"),
        ([[0.2, 0.8]], [1], {"norm": "L1"}, "norm"),
        ([[0.2, 0.8]], [1], {"n_bins": 0}, "bins"),
        ([[0.2, 0.8]], [1], {"compat": "x"}, "compat"),
    ],
)
def test_misuse_is_refused(predictions, references, options, words):
    with pytest.raises(calibrant.CalibrantError, match=words):
        calibration_error(predictions, references, **options)


@pytest.fixture(scope="module")
def ece():
    evaluate = pytest.importorskip("evaluate", reason="evaluate comes with tools/requirements-dev.txt")
    return evaluate.load(str(ROOT / "integrations" / "huggingface" / "ece"))


RANDOM = np.random.default_rng(3)
SCORES = RANDOM.dirichlet(np.ones(4), 300).astype(np.float32)
LABELS = RANDOM.integers(0, 4, 300)


def test_the_module_takes_whole_arrays_batches_and_single_rows(ece):
    expected = {"ece": calibration_error(SCORES, LABELS, n_bins=7, norm="l2", compat="torchmetrics")}
    assert ece.compute(predictions=SCORES, references=LABELS, n_bins=7, norm="l2") == expected
    assert ece.compute(predictions=SCORES.tolist(), references=LABELS.tolist(), n_bins=7, norm="l2") == expected
    for first in range(0, 300, 100):
        ece.add_batch(predictions=SCORES[first : first + 100], references=LABELS[first : first + 100])
    assert ece.compute(n_bins=7, norm="l2") == expected
    for row, label in zip(SCORES[:9], LABELS[:9], strict=True):
        ece.add(prediction=row, reference=label)
    assert ece.compute() == ece.compute(predictions=SCORES[:9], references=LABELS[:9])


def test_the_module_takes_two_classes_and_combines(ece):
    import evaluate

    positive, labels = SCORES[:, 0], (LABELS == 0).astype(np.int64)
    expected = calibration_error(positive, labels, compat="torchmetrics")
    assert ece.compute(predictions=positive, references=labels) == {"ece": expected}
    ece.add_batch(predictions=positive, references=labels)
    assert ece.compute() == {"ece": expected}
    assert evaluate.combine([ece]).compute(predictions=positive, references=labels) == {"ece": expected}
    with pytest.raises(calibrant.CalibrantError, match="look swapped"):
        ece.compute(predictions=LABELS, references=SCORES)


def test_every_module_loads_and_gives_the_figures_of_the_package():
    evaluate = pytest.importorskip("evaluate", reason="evaluate comes with tools/requirements-dev.txt")
    folder = ROOT / "integrations" / "huggingface"
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["brier", "calibration_report", "classwise_ece", "ece", "nll"]
    together = evaluate.combine([evaluate.load(str(folder / name)) for name in names])
    result = together.compute(predictions=SCORES, references=LABELS)
    panel = calibrant.evaluate(SCORES, LABELS)
    assert result["metrics"]["brier"]["value"] == result["brier"] == panel.brier.value
    assert result["nll"] == panel.log_loss.value and result["headline"] == panel.headline
    for name, figure in {"brier": "brier", "nll": "log_loss", "classwise_ece": "classwise_ece"}.items():
        metric = evaluate.load(str(folder / name))
        assert metric.compute(predictions=SCORES, references=LABELS) == {name: panel[figure].value}
        metric.add_batch(predictions=SCORES[:10], references=LABELS[:10])
        metric.add_batch(predictions=SCORES[10:], references=LABELS[10:])
        assert metric.compute() == {name: panel[figure].value}
        with pytest.raises(calibrant.CalibrantError, match="look swapped"):
            metric.compute(predictions=LABELS, references=SCORES)

"""calibrant.evaluate: the numbers of the command, from arrays of every kind."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.path.abspath(os.environ.get("CALIBRANT_COMMAND", str(ROOT / "build" / "release" / "bin" / "calibrant")))
KULL = ROOT.parent / "shared" / "data" / "kull_densenet40_c10"


def predictions(n: int = 400, classes: int = 4, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Float64 probabilities and labels drawn from sharper ones, so that there is something to measure."""
    random = np.random.default_rng(seed)
    scores = random.dirichlet(np.full(classes, 0.7), n)
    sharper = scores**1.5 / (scores**1.5).sum(axis=1, keepdims=True)
    labels = (random.random((n, 1)) > sharper.cumsum(axis=1)).sum(axis=1).clip(max=classes - 1)
    return scores, labels


def figures(*arguments, **options) -> dict:
    """What was measured, without what names the way there."""
    document = calibrant.evaluate(*arguments, **options).to_dict()
    return {key: document[key] for key in ("headline", "weight", "metrics", "reliability", "per_class", "groups")}


SCORES, LABELS = predictions()


def test_the_published_numbers_of_a_real_network():
    if not KULL.is_dir():
        pytest.skip(f"needs the predictions in {KULL.name}, which are not part of the project")
    logits, labels = np.load(KULL / "test_logits.npy"), np.load(KULL / "test_labels.npy")
    evaluation = calibrant.evaluate(logits, labels, logits=True)
    assert evaluation.ece.value == pytest.approx(0.0550027, abs=5e-8)
    assert evaluation.mce.value == pytest.approx(0.333955, abs=5e-7)
    assert evaluation.log_loss.value == pytest.approx(0.4300589, abs=5e-8)
    assert evaluation["brier"].value == pytest.approx(0.127379, abs=5e-7)
    assert evaluation.classwise_ece_sum.value == pytest.approx(0.1140310, abs=5e-8)
    assert 1 - evaluation.accuracy.value == pytest.approx(0.0758, abs=1e-12)


@pytest.mark.parametrize("options", [{}, {"bins": 7, "level": 0.9}, {"metrics": ["ece", "aurc"]}])
def test_the_document_is_that_of_the_command(tmp_path, options):
    np.save(tmp_path / "scores.npy", SCORES.astype(np.float32))
    np.save(tmp_path / "labels.npy", LABELS)
    flags = []
    for name, value in options.items():
        flags += [f"--{name}", ",".join(value) if isinstance(value, list) else str(value)]
    command = [COMMAND, "evaluate", "scores.npy", "--labels", "labels.npy", "--probabilities", "--json", "-", *flags]
    theirs = json.loads(subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout)
    ours = calibrant.evaluate(SCORES.astype(np.float32), LABELS, **options).to_dict()
    assert {**ours, "calibrant": None, "data": {**ours["data"], "sources": None}} == {
        **theirs,
        "calibrant": None,
        "data": {**theirs["data"], "sources": None},
    }


def test_options_of_single_metrics_and_peers():
    options = {"metrics": ["ece_lp", "top_k_accuracy", "risk_at_coverage"], "norm": 1.0, "top_k": 4, "coverage": 1.0}
    evaluation = calibrant.evaluate(SCORES, LABELS, **options)
    assert evaluation.ece_lp.value == pytest.approx(calibrant.evaluate(SCORES, LABELS).ece.value, abs=1e-12)
    assert evaluation.top_k_accuracy.value == 1
    assert evaluation.risk_at_coverage.value == pytest.approx((SCORES.argmax(axis=1) != LABELS).mean(), abs=1e-12)
    ones = np.array([[1.0, 0.0], [0.99, 0.01]])
    assert calibrant.evaluate(ones, [1, 0], metrics=["ece"]).ece.value == pytest.approx(0.495, abs=1e-12)
    assert calibrant.evaluate(ones, [1, 0], metrics=["ece"], peer="torchmetrics").ece.value == pytest.approx(0.505, abs=1e-7)
    with pytest.raises(TypeError, match="unexpected keyword argument 'nrom'"):
        calibrant.evaluate(SCORES, LABELS, nrom=2)
    with pytest.raises(TypeError, match="bins: got '15'"):
        calibrant.evaluate(SCORES, LABELS, bins="15")


def test_a_state_is_saved_beside_replicates(tmp_path):
    evaluation = calibrant.evaluate(SCORES, LABELS, bootstrap=20)
    assert evaluation.to_dict()["metrics"]["accuracy"]["bootstrap"]["standard_error"] > 0
    evaluation.save(tmp_path / "a.cstate")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.cstate"]


def test_a_state_of_one_metric_is_small_and_says_what_it_lacks(tmp_path):
    evaluation = calibrant.evaluate(SCORES, LABELS, metrics=["classwise_ece"])
    evaluation.save(tmp_path / "one.cstate")
    calibrant.evaluate(SCORES, LABELS).save(tmp_path / "whole.cstate")
    assert (tmp_path / "one.cstate").stat().st_size < (tmp_path / "whole.cstate").stat().st_size
    if not Path(COMMAND).exists():
        pytest.skip("the command is not built: make build")
    done = subprocess.run([COMMAND, "evaluate", "--from-state", tmp_path / "one.cstate", "--json", "-"], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)["metrics"]
    assert told["classwise_ece"]["value"] == evaluation.classwise_ece.value
    assert told["brier"]["value"] is None and told["brier"]["reason"]


def test_confidences_alone():
    confidence, correct = SCORES.max(axis=1), SCORES.argmax(axis=1) == LABELS
    evaluation = calibrant.evaluate_confidences(confidence, correct)
    assert evaluation.ece == calibrant.evaluate(SCORES, LABELS).ece
    assert evaluation.headline == calibrant.evaluate(SCORES, LABELS).headline
    with pytest.raises(calibrant.CalibrantError, match="correct: row 1 is 2, expected 0"):
        calibrant.evaluate_confidences([0.5, 0.6], [1, 2])
    with pytest.raises(calibrant.CalibrantError, match="row 0 "):
        calibrant.evaluate_confidences([1.5, 0.6], [1, 0])


def gapped(scores):
    wide = np.full((len(scores), scores.shape[1] + 3), np.nan, dtype=scores.dtype)
    wide[:, : scores.shape[1]] = scores
    return wide[:, : scores.shape[1]]


def read_only(scores):
    copy = scores.copy()
    copy.setflags(write=False)
    return copy


def unaligned_rows(scores):
    record = np.zeros(len(scores), dtype=[("tag", "i1"), ("p", scores.dtype, scores.shape[1])])
    record["p"] = scores
    return record["p"]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    "layout",
    [
        gapped,
        read_only,
        unaligned_rows,
        np.asfortranarray,
        lambda s: s[::-1].copy()[::-1],
        lambda s: s[:, ::-1].copy()[:, ::-1],
        lambda s: np.repeat(s, 2, axis=0)[::2],
        lambda s: s.tolist(),
        lambda s: s.astype(s.dtype.newbyteorder()),
    ],
)
def test_every_layout_in_memory_gives_the_same_figures(dtype, layout):
    scores = SCORES.astype(dtype)
    options = {"on_invalid": "skip"}
    given_scores = layout(scores)
    if isinstance(given_scores, list):
        scores = scores.astype(np.float64)
    assert figures(given_scores, LABELS, **options) == figures(scores, LABELS, **options)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (np.where(np.arange(400) % 8 == 3, -100, LABELS), None),
        (np.where(np.arange(400) % 8 == 3, 2**40, LABELS), None),
        (np.where(np.arange(400) % 8 == 3, "unheard of", LABELS.astype(str)), ["0", "1", "2", "3"]),
    ],
)
def test_rows_whose_label_names_no_class_are_skipped_and_counted(labels, classes):
    known = np.arange(400) % 8 != 3
    kept = calibrant.evaluate(SCORES, labels, classes=classes, on_invalid="skip").to_dict()
    given = LABELS if classes is None else LABELS.astype(str)
    dropped = calibrant.evaluate(SCORES[known], given[known], classes=classes).to_dict()
    assert kept["data"]["skipped"] == {"unknown_label": 50}
    for document in (kept, dropped):
        del document["metrics"]["skce"]  # pairs rows by their place in the data
    assert kept["metrics"] == dropped["metrics"]


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.uint64, np.int64, list, "column"])
def test_labels_of_every_integer_type(kind):
    labels = LABELS.tolist() if kind is list else LABELS[:, None] if kind == "column" else LABELS.astype(kind)
    assert figures(SCORES, labels) == figures(SCORES, LABELS)


def test_names_of_classes_are_matched_as_text_in_the_order_of_the_columns():
    names = ["zebra", "10", "9", "ant"]
    as_names = np.array(names)[LABELS]
    expected = figures(SCORES, LABELS)
    for labels in (as_names, as_names.tolist(), as_names.astype(object)):
        assert figures(SCORES, labels, classes=names)["metrics"] == expected["metrics"]
    numbers = np.array([40, 10, 9, -3])
    assert figures(SCORES, numbers[LABELS], classes=numbers)["metrics"] == expected["metrics"]
    assert calibrant.evaluate(SCORES, as_names, classes=names).to_dict()["data"]["class_names"] == names


def test_one_hot_labels_are_labels_and_soft_ones_are_shares():
    assert figures(SCORES, np.eye(4)[LABELS])["metrics"]["log_loss"] == figures(SCORES, LABELS)["metrics"]["log_loss"]
    shares = np.full((len(SCORES), 4), 0.25)
    expected = -np.log(SCORES).mean(axis=1).mean()
    assert calibrant.evaluate(SCORES, shares, metrics=["log_loss"]).log_loss.value == pytest.approx(expected, rel=1e-12)


def test_one_column_is_the_second_of_two_classes():
    positive = SCORES[:, 1]
    both = np.stack([1 - positive, positive], axis=1)
    labels = (LABELS == 1).astype(int)
    assert figures(positive, labels) == figures(both, labels)
    assert figures(positive.tolist(), labels == 1) == figures(both, labels)


def test_weights_are_repetitions_and_groups_have_panels():
    weights = np.arange(len(LABELS)) % 3
    repeated = np.repeat(np.arange(len(LABELS)), weights)
    weighted = calibrant.evaluate(SCORES, LABELS, weights=weights, metrics=["ece", "brier", "classwise_ece"])
    plain = calibrant.evaluate(SCORES[repeated], LABELS[repeated], metrics=["ece", "brier", "classwise_ece"])
    assert {n: f.value for n, f in weighted.items()} == {n: f.value for n, f in plain.items()}
    groups = np.where(np.arange(len(LABELS)) % 2 == 0, "even", "odd")
    evaluation = calibrant.evaluate(SCORES, LABELS, groups=groups)
    assert list(evaluation.groups) == ["even", "odd"]
    assert evaluation.groups["odd"]["ece"] == calibrant.evaluate(SCORES[1::2], LABELS[1::2]).ece


def test_threads_change_nothing_and_calls_from_several_threads_agree():
    expected = figures(SCORES, LABELS, threads=1)
    with ThreadPoolExecutor(8) as pool:
        assert all(r == expected for r in pool.map(lambda t: figures(SCORES, LABELS, threads=t), [1, 2, 3, 0] * 8))


@given(st.integers(1, 300), st.integers(2, 9), st.integers(0, 2**32 - 1), st.sampled_from(["f2", "f4", "f8"]))
def test_rows_in_any_order_give_the_same_ece(n, classes, seed, dtype):
    scores, labels = predictions(n, classes, seed)
    scores = scores.astype(dtype)
    order = np.random.default_rng(seed).permutation(n)
    options = {"metrics": ["ece", "classwise_ece", "brier"], "on_invalid": "skip"}
    assert figures(scores, labels, **options) == figures(scores[order], labels[order], **options)


def test_frames_from_other_libraries():
    pandas, polars, arrow = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    columns = {f"p{k}": SCORES[:, k] for k in range(4)}
    expected = figures(SCORES, LABELS)
    assert figures(pandas.DataFrame(columns), pandas.Series(LABELS)) == expected
    assert figures(polars.DataFrame(columns), polars.Series(LABELS)) == expected
    assert figures(arrow.table(columns), arrow.array(LABELS)) == expected


def test_tensors():
    torch = pytest.importorskip("torch")
    expected = figures(SCORES.astype(np.float32), LABELS)
    scores = torch.from_numpy(SCORES.astype(np.float32)).requires_grad_()
    assert figures(scores, torch.from_numpy(LABELS)) == expected
    coarse = scores.detach().bfloat16()
    assert figures(coarse, torch.from_numpy(LABELS), renormalize=True) == figures(
        coarse.float().numpy(), LABELS, renormalize=True
    )


def test_an_evaluation_shows_saves_and_explains(tmp_path):
    evaluation = calibrant.evaluate(SCORES, LABELS)
    assert set(evaluation) == set(evaluation.to_dict()["metrics"])
    assert evaluation.ece is evaluation["ece"] and float(evaluation.ece) == evaluation.ece.value
    lower, upper = evaluation.ece.interval
    assert lower <= evaluation.ece.value <= upper and evaluation.ece.level == 0.95
    assert evaluation.sweep_ece.interval is None and "labels" in evaluation.sweep_ece.reasons["interval"]
    assert "ece" in dir(evaluation) and evaluation.headline in repr(evaluation)
    assert "<table>" in evaluation._repr_html_()
    with pytest.raises(AttributeError, match="computed were accuracy, "):
        evaluation.eec  # noqa: B018
    frame = evaluation.to_frame()
    assert frame.loc["ece", "value"] == evaluation.ece.value and len(frame) == len(evaluation)
    evaluation.save(tmp_path / "evaluation.cstate")
    done = subprocess.run(
        [COMMAND, "evaluate", "--from-state", "evaluation.cstate", "--json", "-"], cwd=tmp_path, capture_output=True, check=True
    )
    assert json.loads(done.stdout)["metrics"]["ece"] == evaluation.to_dict()["metrics"]["ece"]


@pytest.mark.parametrize(
    ("arguments", "options", "code", "words"),
    [
        ((SCORES * 3, LABELS), {}, "invalid_scores", "row 0 .* declare logits=True"),
        ((SCORES * 0.5, LABELS), {}, "invalid_scores", "with renormalize=True, or declare logits=True"),
        ((SCORES, LABELS[:-1]), {}, "shape_mismatch", "labels: got 399 rows beside 400"),
        ((SCORES, LABELS + 1), {}, "invalid_labels", 'label 4, .* drop them with on_invalid="skip"'),
        ((SCORES, LABELS - 1), {}, "invalid_labels", 'row [0-9]+ has label -1, .* of 400 rows are refused; .* drop them with on_invalid="skip"'),
        ((SCORES, LABELS + 0.5), {}, "invalid_labels", "elements of type float64, expected whole numbers"),
        ((SCORES, np.array(["a"] * 400)), {}, "invalid_labels", "classes="),
        ((SCORES, ["a"] * 400), {"classes": "wxyz"}, "invalid_labels", "row 0 has label 'a', .* all 400 rows are refused"),
        ((SCORES, LABELS), {"classes": ["a", "b"]}, "shape_mismatch", "2 names beside 4 columns"),
        ((SCORES, LABELS), {"classes": ["a", "a", "b", "c"]}, "invalid_classes", "a"),
        ((SCORES, LABELS), {"metrics": ["eec"]}, "invalid_argument", "eec"),
        ((SCORES, LABELS), {"bins": 0}, "invalid_argument", "bins"),
        ((SCORES, LABELS), {"level": 1.5}, "invalid_argument", "1.5"),
        ((SCORES, LABELS), {"on_invalid": "drop"}, "invalid_argument", "error or skip"),
        ((SCORES, LABELS), {"weight_kind": "x"}, "invalid_argument", "frequency or importance"),
        ((SCORES, LABELS), {"weights": np.full(400, -1)}, "invalid_weights", "-1"),
        ((SCORES, LABELS), {"weights": np.ones(3)}, "shape_mismatch", "weights: got 3 rows"),
        ((SCORES[:0], LABELS[:0]), {}, "no_rows", "row"),
        ((SCORES[None], LABELS), {}, "shape_mismatch", "expected n x K"),
        ((SCORES.astype(complex), LABELS), {}, "malformed_input", "complex128"),
        (([[0.5, 0.5], [1.0]], [0, 1]), {}, "shape_mismatch", "makes no array"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_sentence(arguments, options, code, words):
    with pytest.raises(calibrant.CalibrantError, match=words) as refused:
        calibrant.evaluate(*arguments, **options)
    assert refused.value.code == code
    assert "--" not in str(refused.value) and "\n" not in str(refused.value)
    assert isinstance(refused.value, ValueError)


class Tensor:
    """An array of a library that speaks DLPack and nothing else."""

    def __init__(self, array, device=(1, 0)):
        self.array, self.device = array, device

    def __dlpack__(self, **options):
        if self.device[0] != 1:
            raise BufferError("its memory is that of a GPU")
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.device


def test_arrays_come_by_dlpack():
    scores = np.random.default_rng(2).dirichlet([1, 1, 1], size=500).astype(np.float32)
    labels = np.arange(500) % 3
    assert calibrant.evaluate(Tensor(scores), Tensor(labels)).ece == calibrant.evaluate(scores, labels).ece
    with pytest.raises(calibrant.CalibrantError, match="scores: got Tensor by DLPack, .* copy them there first"):
        calibrant.evaluate(Tensor(scores, device=(2, 0)), labels)


def test_more_elements_than_an_int32_counts():
    """One row again and again, at no cost of memory: the last rows count as the first ones do."""
    rows, classes = 22_000_000, 100
    row = np.full(classes, 0.5 / (classes - 1), dtype=np.float32)
    row[7] = 0.5
    scores = np.broadcast_to(row, (rows, classes))
    assert scores.size > 2**31
    labels = np.full(rows, 7, dtype=np.int32)
    labels[: rows // 4] = 8
    evaluation = calibrant.evaluate(scores, labels, metrics=["accuracy", "ece"])
    assert evaluation.accuracy.value == 0.75
    assert evaluation.ece.value == pytest.approx(0.25, abs=1e-6)

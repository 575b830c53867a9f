"""Exported calibrators in onnxruntime beside those that were exported."""

import json

import numpy as np
import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
onnx = pytest.importorskip("onnx", reason="onnx comes with tools/requirements-dev.txt")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime comes with tools/requirements-dev.txt")
from calibrant import CalibrantError  # noqa: E402
from calibrant._calibrator import METHODS  # noqa: E402

CURVES = ("irm", "histogram", "top_label_binning", "bbq", "i_max", "spline", "isotonic", "venn_abers")
WITHOUT_GRAPH = ("scaling_binning", "venn_abers_pairs")
KEEP_ORDER = {"identity", "temperature", "ts_mix", "ets", "irm"}


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def drawn(k, logits, n=800, seed=0):
    random = np.random.default_rng(seed)
    z = (2 * random.normal(size=(n, k))).astype(np.float32)
    y = (softmax(z / 2).cumsum(axis=1) < random.random((n, 1))).sum(axis=1)
    return (z if logits else softmax(z.astype(np.float64)).astype(np.float32)), y


def run(path, scores):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert [entry.name for entry in session.get_inputs()] == ["scores"]
    assert session.get_outputs()[0].name == "probabilities"
    return session.run(None, {"scores": scores})[0]


@pytest.mark.parametrize("logits", [True, False], ids=["logits", "probabilities"])
@pytest.mark.parametrize("k", [2, 5])
@pytest.mark.parametrize("method", [name for name in METHODS if name not in ("auto", *WITHOUT_GRAPH)])
def test_the_graph_computes_what_the_calibrator_does(method, k, logits, tmp_path):
    scores, y = drawn(k, logits)
    target = {"target": scores[:100]} if method == "prior_correction" else {}
    fitted = METHODS[method](logits=logits).fit(scores, y, **target)
    path = tmp_path / "m.onnx"
    if logits and method in CURVES:
        with pytest.raises(CalibrantError, match="learned from probabilities it can be written"):
            fitted.to_onnx(path)
        return
    fitted.to_onnx(path)
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert json.loads({entry.key: entry.value for entry in model.metadata_props}["classes"]) == [str(c) for c in range(k)]
    new, _ = drawn(k, logits, seed=1)
    rows = np.concatenate([scores, new])
    if logits:
        extreme = np.zeros((4, k), dtype=np.float32)
        extreme[0, 0], extreme[1, 1], extreme[2, 0], extreme[3, :] = 80, -80, -np.inf, 3
    else:
        extreme = np.full((3, k), 1 / k, dtype=np.float32)
        extreme[0], extreme[1] = np.eye(k)[0], np.eye(k)[1]
    rows = np.concatenate([rows, extreme])
    expected = fitted.predict_proba(rows)
    got = run(path, rows)
    assert got.dtype == np.float32
    assert got.shape == rows.shape
    assert np.abs(got - expected).max() < 2e-6
    if method in KEEP_ORDER:
        assert (got.argmax(axis=1) == rows.argmax(axis=1)).all()


@pytest.mark.parametrize(
    "calibrator",
    [
        calibrant.VennAbers(folds=4),
        calibrant.SplineCalibration(corrects="top_label"),
        calibrant.SplineCalibration(monotone=True),
        calibrant.InformationBinning(sets="each"),
    ],
    ids=repr,
)
def test_options_reach_the_graph(calibrator, tmp_path):
    scores, y = drawn(4, False)
    fitted = calibrator.fit(scores, y)
    fitted.to_onnx(tmp_path / "m.onnx")
    assert np.abs(run(tmp_path / "m.onnx", scores) - fitted.predict_proba(scores)).max() < 2e-6


def test_a_thousand_classes(tmp_path):
    for method in ("temperature", "vector", "isotonic"):
        logits = method not in CURVES
        scores, y = drawn(1000, logits, n=3000)
        fitted = METHODS[method](logits=logits).fit(scores, y)
        fitted.to_onnx(tmp_path / "m.onnx")
        assert np.abs(run(tmp_path / "m.onnx", scores[:200]) - fitted.predict_proba(scores[:200])).max() < 5e-6


def test_rounding_does_not_hide_the_largest_class(tmp_path):
    z = np.array([[1.0, 1.0000001, 0.5], [3.0, 3.0, 2.9999998]], dtype=np.float32)
    scores, y = drawn(3, True)
    fitted = calibrant.TemperatureScaling(logits=True).fit(0.01 * scores, y)
    fitted.to_onnx(tmp_path / "m.onnx")
    for p in (fitted.predict_proba(z), run(tmp_path / "m.onnx", z)):
        assert (p.argmax(axis=1) == z.argmax(axis=1)).all()
        assert p[0, 1] > p[0, 0]


def test_what_cannot_be_exact_says_why(tmp_path):
    scores, y = drawn(3, False)
    fitted = calibrant.ScalingBinning().fit(scores, y)
    with pytest.raises(CalibrantError, match="scaling_binning cannot be written in standard operators exactly, since its bins"):
        fitted.to_onnx(tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()

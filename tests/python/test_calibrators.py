"""Calibrators on arrays: published numbers, scikit-learn's own, labels, copies, misuse."""

import copy
import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
from calibrant import CalibrantError, _core  # noqa: E402
from calibrant._calibrator import METHODS  # noqa: E402

KULL = Path(__file__).resolve().parents[3] / "shared" / "data" / "kull_densenet40_c10"
needs_kull = pytest.mark.skipif(not KULL.exists(), reason=f"no data in {KULL}")


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def kull():
    """Logits of a DenseNet on CIFAR-10 (Kull et al. 2019): 5,000 rows to learn from, 10,000 to test on; float64."""
    load = lambda name: np.load(KULL / f"{name}.npy")  # noqa: E731
    return (
        load("val_logits").astype(np.float64),
        load("val_labels").ravel(),
        load("test_logits").astype(np.float64),
        load("test_labels").ravel(),
    )


def drawn(n=400, k=4, seed=0, power=0.5):
    random = np.random.default_rng(seed)
    z = 2 * random.normal(size=(n, k))
    y = (softmax(power * z).cumsum(axis=1) < random.random((n, 1))).sum(axis=1)
    return z, y


# Reference values of calibrators.md, section 6: one implementation of the rules in float64, temperature and vector scaling two. Of
# vector scaling the unpenalised optimum, from which a ridge of 1e-6 moves the test loss by 7e-6.
REFERENCE = [
    # method, options, fit loss, test loss, loss tolerance, ECE, error per cent, class-wise ECE (sum)
    ("identity", {}, 0.3313121282, 0.428207, 2e-6, 0.055003, 7.58, 0.114031),
    ("temperature", {}, 0.1866122432, 0.2250859, 2e-7, 0.009463, 7.58, 0.0404776),
    ("ets", {}, 0.1865653929, 0.225565, 2e-6, 0.010922, 7.58, 0.040955),
    ("ets", {"objective": "brier"}, None, 0.225887, 2e-6, 0.010909, 7.58, 0.040194),
    ("vector", {}, 0.1809532533, 0.223067, 1e-5, 0.010925, 7.55, 0.038068),
    ("isotonic", {}, None, 0.277282, 2e-6, 0.016830, 7.65, 0.048474),
    ("irm", {}, None, 0.230121, 2e-6, 0.014408, 7.58, 0.044641),
    ("histogram", {}, None, 0.488591, 2e-6, 0.019456, 7.85, 0.058942),
    ("dirichlet_odir", {"lambda": 1e-2, "mu": 1e-2}, None, 0.225018, 1e-4, None, 7.55, None),
    ("dirichlet_odir", {"lambda": 1e-3, "mu": 1e-3}, None, 0.226259, 1e-4, None, 7.50, None),
]


@needs_kull
@pytest.mark.parametrize(("method", "options", "fit_loss", "loss", "tolerance", "ece", "error", "classwise"), REFERENCE)
def test_reference_values(kull, method, options, fit_loss, loss, tolerance, ece, error, classwise):
    z, y, new, truth = kull
    fitted = METHODS[method](logits=True, **options).fit(z, y)
    result = calibrant.evaluate(fitted.predict_proba(new), truth, log_floor=1e-15)
    if fit_loss is not None:
        assert fitted.report_["loss_after"] == pytest.approx(fit_loss, abs=5e-8)
    assert result.log_loss.value == pytest.approx(loss, abs=tolerance)
    assert 100 * (1 - result.accuracy.value) == pytest.approx(error, abs=0.011)
    if ece is not None:
        assert result.ece.value == pytest.approx(ece, abs=2e-4)
        assert result.classwise_ece_sum.value == pytest.approx(classwise, abs=5e-4)


@needs_kull
def test_the_published_temperature_row(kull):
    z, y, new, truth = kull
    fitted = calibrant.TemperatureScaling(logits=True).fit(z, y)
    assert fitted.temperature_ == pytest.approx(2.8825607121, abs=1e-8)
    result = calibrant.evaluate(fitted.predict_proba(new), truth)
    assert result.ece.value == pytest.approx(0.0094632, abs=1e-7)
    assert result.mce.value == pytest.approx(0.0992919, abs=1e-6)
    assert result.log_loss.value == pytest.approx(0.2250859, abs=1e-7)
    assert result.brier.value / 10 == pytest.approx(0.0109975, abs=1e-7)
    kull_mode = calibrant.evaluate(fitted.predict_proba(new), truth, peer="kull")
    assert kull_mode.classwise_ece_sum.value == pytest.approx(0.0397679, abs=1e-6)


@needs_kull
def test_the_shares_of_the_ensemble(kull):
    z, y, _, _ = kull
    by_loss = calibrant.EnsembleTemperatureScaling(logits=True).fit(z, y).shares_
    assert by_loss == pytest.approx([0.958996, 0.041004, 0], abs=1e-6)
    by_brier = calibrant.EnsembleTemperatureScaling(logits=True, objective="brier").fit(z, y).shares_
    assert by_brier == pytest.approx([0.927756, 0.070483, 0.001761], abs=1e-6)


@needs_kull
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_temperature_of_narrower_scores(kull, dtype):
    z, y, _, _ = kull
    wide = calibrant.TemperatureScaling(logits=True).fit(z.astype(dtype).astype(np.float64), y).temperature_
    assert calibrant.TemperatureScaling(logits=True).fit(z.astype(dtype), y).temperature_ == pytest.approx(wide, rel=1e-6)
    p = softmax(z.astype(dtype).astype(np.float64))
    of_p = calibrant.TemperatureScaling().fit(p.astype(np.float32), y).temperature_
    assert of_p == pytest.approx(calibrant.TemperatureScaling().fit(p.astype(np.float32).astype(np.float64), y).temperature_, rel=1e-3)


def test_isotonic_regression_is_that_of_scikit_learn():
    sklearn = pytest.importorskip("sklearn.isotonic")
    z, y = drawn(1500, 5)
    new, _ = drawn(500, 5, seed=1)
    p, q = softmax(z), softmax(new)
    weights = np.random.default_rng(3).random(len(y)) + 0.1
    for w in (None, weights):
        curves = [sklearn.IsotonicRegression(out_of_bounds="clip").fit(p[:, k], y == k, sample_weight=w) for k in range(5)]
        expected = np.stack([curve.predict(q[:, k]) for k, curve in enumerate(curves)], axis=1)
        expected /= expected.sum(axis=1, keepdims=True)
        got = calibrant.IsotonicCalibration().fit(p, y, sample_weight=w).predict_proba(q)
        assert got == pytest.approx(expected, abs=1e-12)


def test_sigmoids_are_those_of_scikit_learn():
    sigmoid = pytest.importorskip("sklearn.calibration")._SigmoidCalibration
    z, y = drawn(1500, 3)
    fitted = calibrant.PlattScaling(logits=True, scores="raw").fit(z, y).parameters_
    theirs = [sigmoid().fit(z[:, k], y == k) for k in range(3)]
    assert fitted["A"] == pytest.approx([s.a_ for s in theirs], abs=1e-5)  # theirs stops at a gradient of 1e-6
    assert fitted["B"] == pytest.approx([s.b_ for s in theirs], abs=1e-5)


def test_temperature_is_that_of_scikit_learn():
    temperature = pytest.importorskip("sklearn.calibration")._TemperatureScaling
    z, y = drawn(1500, 3)
    ours = calibrant.TemperatureScaling(logits=True).fit(z, y).temperature_
    assert 1 / ours == pytest.approx(temperature().fit(z, y).beta_, rel=1e-7)


def learned(method, z, y, **options):
    """A calibrator of the catalogue after fit; those that read rows without labels get a third of the rows as such."""
    target = {"target": z[: len(z) // 3]} if method == "prior_correction" else {}
    return METHODS[method](logits=True, **options).fit(z, y, **target)


@pytest.mark.parametrize("method", METHODS)
def test_options_are_those_of_the_catalogue(method):
    catalogue = dict(_core.calibrator_options())
    assert set(METHODS) == set(catalogue)
    z, y = drawn()
    names = [name for name, _ in catalogue[method]]
    assert set(METHODS[method]().get_params()) == {"logits", "classes", *names}
    defaults = {name: value for name, value in catalogue[method] if value != "cv"}
    given = learned(method, z, y, **defaults)
    assert (given.predict_proba(z) == learned(method, z, y).predict_proba(z)).all()


@pytest.mark.parametrize("method", METHODS)
def test_copies_files_and_pickles_map_alike(method, tmp_path):
    z, y = drawn()
    fitted = learned(method, z, y)
    expected = fitted.predict_proba(z)
    fitted.save(tmp_path / "m.calibrant")
    loaded = calibrant.load(tmp_path / "m.calibrant")
    assert type(loaded) is METHODS[fitted.method_]
    for other in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted), copy.copy(fitted), loaded):
        assert (other.predict_proba(z) == expected).all()
    assert pickle.loads(pickle.dumps(METHODS[method]())).get_params() == METHODS[method]().get_params()


@pytest.mark.parametrize("method", METHODS)
def test_scikit_learn_clones(method):
    clone = pytest.importorskip("sklearn.base").clone
    z, y = drawn()
    fitted = learned(method, z, y)
    fresh = clone(fitted)
    assert fresh.get_params() == fitted.get_params()
    with pytest.raises(CalibrantError, match="has not learned yet"):
        fresh.predict_proba(z)


def test_labels_that_are_no_column_numbers_are_matched():
    z, y = drawn(600, 3)
    expected = calibrant.TemperatureScaling(logits=True).fit(z, y)
    for names in (np.array([1, 2, 3]), np.array([10, 20, 30]), np.array(["a", "b", "c"])):
        got = calibrant.TemperatureScaling(logits=True).fit(z, names[y])
        assert got.temperature_ == expected.temperature_
        assert (got.classes_ == names).all()
        assert (got.predict(z) == names[expected.predict(z)]).all()
    backwards = calibrant.TemperatureScaling(logits=True, classes=["c", "a", "b"])
    assert backwards.fit(z, np.array(["c", "a", "b"])[y]).temperature_ == expected.temperature_
    pandas = pytest.importorskip("pandas")
    offset = pandas.Series(y, index=np.arange(len(y)) + 100)
    assert calibrant.TemperatureScaling(logits=True).fit(z, offset).temperature_ == expected.temperature_


def test_two_of_three_labels_need_the_classes():
    z, y = drawn(300, 3)
    present = y != 1
    names = np.array(["a", "b", "c"])
    with pytest.raises(CalibrantError, match=r"got 2 different ones beside 3 columns.*classes="):
        calibrant.TemperatureScaling(logits=True).fit(z[present], names[y[present]])
    fitted = calibrant.IsotonicCalibration(logits=True, classes=names).fit(z[present], names[y[present]])
    assert fitted.predict_proba(z).shape == (300, 3)
    p = fitted.predict_proba(z)
    uniform = (p == p[:, :1]).all(axis=1)  # a row whose other classes get nothing either has no mass at all
    assert (p[~uniform, 1] == 0).all()
    assert (~uniform).mean() > 0.9
    assert [note["code"] for note in fitted.report_["notes"]] == ["absent_classes"]


@pytest.mark.parametrize(
    ("scores", "labels", "code", "words"),
    [
        (np.zeros(4), [0, 1, 0, 1], "shape_mismatch", "expected n x K with K >= 2"),
        (np.zeros((4, 1)), [0, 0, 0, 0], "shape_mismatch", "expected n x K with K >= 2"),
        (np.zeros((4, 2)), [0, 1], "shape_mismatch", "got 2 rows beside 4"),
        (np.full((2, 2), np.nan), [0, 1], "invalid_scores", "row 0 has NaN"),
        (np.array([[np.inf, 0], [0, 1]]), [0, 1], "invalid_scores", "row 0 has infinity"),
        (np.array([[0.0, 1], [0, -np.inf]]), [0, 1], "invalid_scores", "row 1 gives its own label the logit -inf"),
        (np.array([[0.0, 1], [0, -np.inf]], dtype="f4"), [0, 1], "invalid_scores", "row 1 gives its own label the logit -inf"),
        (np.array([[0.0, 1], [0, -np.inf]], dtype="f2"), [0, 1], "invalid_scores", "row 1 gives its own label the logit -inf"),
        (np.zeros((0, 2)), [], "no_rows", "no rows"),
        (np.zeros((3, 2)), [0.5, 1, 1], "invalid_labels", "expected"),
    ],
)
def test_refused(scores, labels, code, words):
    with pytest.raises(CalibrantError, match=words) as refused:
        calibrant.TemperatureScaling(logits=True).fit(scores, labels)
    assert refused.value.code == code
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize("method", ["VectorScaling", "TemperatureScaling", "MatrixScaling", "PlattScaling"])
def test_logits_of_minus_infinity_in_every_precision(method, dtype):
    random = np.random.default_rng(8)
    y = random.integers(0, 4, 400)
    z = random.normal(size=(400, 4)) + 2 * np.eye(4)[y]
    z[np.arange(400), (y + 1) % 4] = np.where(random.random(400) < 0.2, -np.inf, 0)
    fitted = getattr(calibrant, method)(logits=True).fit(z.astype(dtype), y)
    assert {"code": "floored_scores", "message": f"{np.isinf(z).sum()} logits are -infinity, a probability of 0"} in fitted.report_["notes"]
    p = fitted.predict_proba(z.astype(dtype))
    assert np.isfinite(p).all()
    assert fitted.report_["loss_after"] < fitted.report_["loss_before"]


def test_misuse_of_a_fitted_calibrator_is_refused():
    z, y = drawn()
    fitted = calibrant.TemperatureScaling().fit(softmax(z), y)
    with pytest.raises(CalibrantError, match="expected a probability"):
        fitted.predict_proba(z)
    with pytest.raises(CalibrantError, match="got 3 columns"):
        fitted.predict_proba(np.full((2, 3), 1 / 3))
    with pytest.raises(CalibrantError, match=r"option \"bins\": got \"0\", expected 1 to 65536"):
        calibrant.HistogramBinning(bins=0).fit(softmax(z), y)
    with pytest.raises(ValueError, match="has no such parameter"):
        fitted.set_params(bins=3)
    with pytest.raises(TypeError, match="unexpected keyword"):
        calibrant.DirichletCalibration(bins=3)


def test_the_input_is_not_touched_and_any_strides_do():
    z, y = drawn(300, 4)
    for array in (z[::-1], np.asfortranarray(z), z.astype(np.float32)[:, ::-1], np.repeat(z, 2, axis=0)[::2]):
        frozen = array.copy()
        array = array.view()
        array.flags.writeable = False
        plain = calibrant.VectorScaling(logits=True).fit(np.ascontiguousarray(array), y)
        fitted = calibrant.VectorScaling(logits=True).fit(array, y)
        assert (fitted.predict_proba(array) == plain.predict_proba(np.ascontiguousarray(array))).all()
        assert (array == frozen).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 6), st.integers(0, 2**32 - 1), st.sampled_from(sorted(METHODS)), st.sampled_from([np.float32, np.float64]))
def test_rows_are_on_the_simplex(k, seed, method, dtype):
    z, y = drawn(120, k, seed)
    assume(method != "prior_correction" or np.bincount(y, minlength=k).all())
    fitted = learned(method, z.astype(dtype), y)
    new = (50 * np.random.default_rng(seed).normal(size=(30, k))).astype(dtype)
    p = fitted.predict_proba(new)
    assert p.dtype == dtype
    assert (p >= 0).all()
    assert np.abs(p.sum(axis=1, dtype=np.float64) - 1).max() < 1e-6
    if method in ("identity", "temperature", "ts_mix", "ets", "irm"):
        assert (p.argmax(axis=1) == new.argmax(axis=1)).all()


def test_learns_without_scikit_learn_and_scipy():
    code = (
        "import sys; sys.modules['sklearn'] = sys.modules['scipy'] = None\n"
        "import numpy as np, calibrant\n"
        "z = np.random.default_rng(0).normal(size=(200, 3)); y = z.argmax(axis=1); y[::5] = 0\n"
        "from calibrant._calibrator import METHODS\n"
        "for method in METHODS.values():\n"
        "    target = {'target': z[:50]} if method.method == 'prior_correction' else {}\n"
        "    method(logits=True).fit(z, y, **target).predict_proba(z)\n"
        "print(len(METHODS))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == str(len(METHODS)), done.stderr


@pytest.mark.parametrize("method", ["vector", "dirichlet_l2", "svs", "platt", "beta", "bcts"])
def test_a_zero_is_the_same_in_every_type(method):
    """What was learned of float32 rows maps their float64 copies alike, though 0 is floored at another number there."""
    z, y = drawn(400, 3)
    p = np.exp(12 * z - (12 * z).max(axis=1, keepdims=True))
    p = (p / p.sum(axis=1, keepdims=True)).astype(np.float32)
    p[p < 1e-5] = 0
    p[np.arange(0, 400, 7), y[::7]] = np.maximum(p[np.arange(0, 400, 7), y[::7]], 1e-4)
    p /= p.sum(axis=1, keepdims=True)
    assert (p == 0).sum() > 100
    fitted = METHODS[method]().fit(p, y)
    assert np.abs(fitted.predict_proba(p.astype(np.float64)) - fitted.predict_proba(p)).max() < 1e-6


def test_the_report_says_how_it_went():
    z, y = drawn()
    report = calibrant.TemperatureScaling(logits=True).fit(z, y).report_
    assert report["converged"] is True
    assert report["loss_after"] < report["loss_before"]
    few = calibrant.MatrixScaling(logits=True).fit(z[:30], y[:30])
    assert "few_rows" in [note["code"] for note in few.report_["notes"]]
    assert json.dumps(report)


def test_auto_on_published_logits(kull_or_skip):
    z, y, new, truth = kull_or_skip
    fitted = calibrant.AutoCalibration(logits=True).fit(z, y)
    result = calibrant.evaluate(fitted.predict_proba(new), truth)
    assert result.log_loss.value <= 0.2260
    selection = fitted.selection_
    assert selection["reason"].startswith(fitted.method_)
    # What the procedure expects of itself is no better than what it then does, but for the scatter of 5,000 rows.
    assert selection["estimate"] == pytest.approx(0.1855, abs=2e-3)
    assert abs(selection["optimism"]) < 5e-3


@pytest.fixture
def kull_or_skip(request):
    if not KULL.exists():
        pytest.skip(f"no data in {KULL}")
    return request.getfixturevalue("kull")


def labels_of(p, random):
    return (p.cumsum(axis=1) < random.random((len(p), 1))).sum(axis=1)


def test_auto_keeps_calibrated_probabilities():
    # The guard is a one-sided test of 5 %: of 40 seeds more than 6 false alarms have a probability of 0.03.
    changed = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        p = softmax(1.5 * random.normal(size=(500, 3)))
        changed += calibrant.AutoCalibration().fit(p, labels_of(p, random)).method_ != "identity"
    assert changed <= 6


def test_auto_takes_what_the_rows_were_made_for():
    chosen = {}
    for seed in range(5):
        random = np.random.default_rng(seed)
        z = 2 * random.normal(size=(2000, 4))
        chosen.setdefault("temperature", set()).add(
            calibrant.AutoCalibration(logits=True).fit(2 * z, labels_of(softmax(z), random)).method_
        )
        offset = labels_of(softmax(z * [0.4, 0.8, 1.2, 0.6] + [1, -1, 0.5, -0.5]), random)
        chosen.setdefault("vector", set()).add(calibrant.AutoCalibration(logits=True).fit(z, offset).method_)
        mixed = labels_of(0.6 * softmax(2 * z) + 0.1, random)
        chosen.setdefault("mixture", set()).add(calibrant.AutoCalibration(logits=True).fit(2 * z, mixed).method_)
    assert chosen["temperature"] <= {"temperature", "ts_mix"}
    assert chosen["vector"] <= {"svs", "vector"}
    assert chosen["mixture"] <= {"ets", "irm"}
    random = np.random.default_rng(9)
    p = softmax(2 * random.normal(size=(12000, 3)))
    steps = np.where(p < 0.3, 0.1, np.where(p < 0.6, 0.3, 0.8))  # no smooth curve
    y = labels_of(steps / steps.sum(axis=1, keepdims=True), random)
    assert calibrant.AutoCalibration().fit(p, y).method_ in {"irm", "isotonic", "venn_abers"}


def test_auto_says_what_it_could_not_afford():
    z, y = drawn(412, 10)
    selection = calibrant.AutoCalibration(logits=True).fit(z, y).selection_
    assert any("412 rows for 110 numbers are too few" in sentence for sentence in selection["left_out"])
    few = calibrant.AutoCalibration(logits=True).fit(z[:12], y[:12])
    assert few.method_ == "identity"
    assert "12 rows are too few" in few.selection_["reason"]


def test_auto_never_sees_the_test_rows():
    z, y = drawn(800, 4)
    fitted = calibrant.AutoCalibration(logits=True).fit(z[:400], y[:400])
    before = fitted.predict_proba(z[400:])
    fitted.predict_proba(z[400:][::-1])
    assert (fitted.predict_proba(z[400:]) == before).all()

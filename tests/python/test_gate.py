"""calibrant.check and calibrant.testing: the outcome of the command, and an assertion that says why."""

import json
import unittest
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import calibrant
from calibrant.testing import assert_calibrated

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "formats" / "check.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(3)
    z = random.normal(size=(6000, 3)) * 2
    truth = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    labels = (truth.cumsum(axis=1) > random.random((6000, 1))).argmax(axis=1)
    return labels, truth


def sharpened(p: np.ndarray) -> np.ndarray:
    q = p**2
    return q / q.sum(axis=1, keepdims=True)


def test_outcomes(rows) -> None:
    labels, p = rows
    assert calibrant.check(p, labels, max={"ece": 0.05}).passed
    gate = calibrant.check(sharpened(p), labels, max={"ece": 0.05}, min={"accuracy": 0.2}, per_class=True)
    assert gate.outcome == "fail" and gate.verdict.startswith("fails: ")
    jsonschema.Draft202012Validator(SCHEMA).validate(gate.to_dict())
    assert len(gate.checks) == 2 + 6
    assert "fail" in repr(gate)
    few = calibrant.check(p[:100], labels[:100], max={"ece": 0.05})
    assert few.outcome == "inconclusive" and few.checks[0].more_rows > 100


def test_bounds_are_those_of_the_interval_at_twice_alpha(rows) -> None:
    labels, p = rows
    gate = calibrant.check(p, labels, max={"ece": 0.05, "brier": 1.0})
    at = calibrant.evaluate(p, labels, level=0.9)
    for check in gate.checks:
        assert check.at_worst == pytest.approx(at[check.metric].interval[1], abs=1e-12)


def test_no_worse_than_a_state(rows, tmp_path) -> None:
    labels, p = rows
    release = calibrant.evaluate(p[:3000], labels[:3000])
    release.state.write(str(tmp_path / "release.cstate"))
    for baseline in (release, release.state, tmp_path / "release.cstate"):
        assert calibrant.check(p[3000:], labels[3000:], no_worse_than=baseline).passed
        assert calibrant.check(sharpened(p)[3000:], labels[3000:], no_worse_than=baseline).outcome == "fail"
    with pytest.raises(calibrant.CalibrantError, match="no_worse_than"):
        calibrant.check(p, labels, max={"ece": 0.05}, margin={"ece": 0.01})


def test_groups(rows) -> None:
    labels, p = rows
    groups = np.where(np.arange(len(p)) % 2 == 0, "a", "b")
    gate = calibrant.check(p, labels, max={"ece": 0.06}, groups=groups, per_group=True)
    assert [c.member for c in gate.checks] == [None, "a", "b"]


def test_refusals(rows) -> None:
    labels, p = rows
    for limits, words in [({}, "no limit"), ({"max": {"ecee": 0.1}}, "did you mean ece"), ({"max": {"accuracy": 0.1}}, "use min instead"), ({"max": {"sweep_ece": 0.1}}, "no interval")]:
        with pytest.raises(calibrant.CalibrantError, match=words):
            calibrant.check(p, labels, **limits)


def test_assertion(rows) -> None:
    labels, p = rows
    assert assert_calibrated(labels, p, max={"ece": 0.05}).passed
    with pytest.raises(AssertionError, match=r"^fails: ECE \(top label\) is at least .* above the limit of 5 %\nece: correct the probabilities"):
        assert_calibrated(labels, sharpened(p), max={"ece": 0.05})


def test_an_open_assertion(rows) -> None:
    labels, p = rows[0][:100], rows[1][:100]
    with pytest.raises(AssertionError, match="cannot tell yet: .* more labelled rows would tell"):
        assert_calibrated(labels, p, max={"ece": 0.05})
    assert assert_calibrated(labels, p, max={"ece": 0.05}, inconclusive="pass").outcome == "inconclusive"
    with pytest.raises((pytest.skip.Exception, unittest.SkipTest), match="cannot tell yet"):
        assert_calibrated(labels, p, max={"ece": 0.05}, inconclusive="skip")
    with pytest.raises(calibrant.CalibrantError, match="expected fail, skip or pass"):
        assert_calibrated(labels, p, max={"ece": 0.05}, inconclusive="maybe")


def test_options_of_single_metrics(rows) -> None:
    labels, p = rows
    gate = calibrant.check(p, labels, min={"top_k_accuracy": 0.5}, top_k=2)
    assert gate.passed and gate.checks[0].value == calibrant.evaluate(p, labels, top_k=2, metrics=["top_k_accuracy"]).top_k_accuracy.value

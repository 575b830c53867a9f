"""calibrant.diff: the changes of the command, as attributes, text and HTML."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import calibrant

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "formats" / "diff.schema.json").read_text(encoding="utf-8"))


def evaluation(rows: int, seed: int, sharpness: float = 1.0, **options):
    random = np.random.default_rng(seed)
    z = random.normal(size=(rows, 3)) * 2
    truth = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    labels = (truth.cumsum(axis=1) > random.random((rows, 1))).argmax(axis=1)
    served = np.exp(sharpness * z)
    return calibrant.evaluate(served / served.sum(axis=1, keepdims=True), labels, **options)


@pytest.fixture(scope="module")
def months():
    return evaluation(3000, 1), evaluation(2000, 2, 1.6)


def test_changes(months) -> None:
    diff = calibrant.diff(*months, names=("may", "june"))
    jsonschema.Draft202012Validator(SCHEMA).validate(diff.to_dict())
    assert json.loads(diff.to_json()) == diff.to_dict()
    assert diff.verdict.startswith("worse: ") and diff.ece.verdict == "worse" and diff.ece.significant
    assert diff["ece"] is diff.ece and "ece" in diff and len(diff) > 20
    assert diff.accuracy.difference == pytest.approx(months[1].accuracy.value - months[0].accuracy.value, abs=1e-15)
    assert diff.accuracy.interval[0] < diff.accuracy.difference < diff.accuracy.interval[1]
    assert diff.sweep_ece.p_value is None and diff.sweep_ece.verdict == "not_tested" and diff.sweep_ece.reasons["p_value"]
    assert set(diff.per_class["0"]) == {"share", "predicted_share", "accuracy", "classwise_ece"}
    assert diff.groups == {} and diff.to_dict()["new"]["name"] == "june"


def test_it_shows_itself(months) -> None:
    diff = calibrant.diff(*months)
    assert repr(diff).startswith("<calibrant.Diff: worse: ") and "\n  ece " in repr(diff)
    page = diff._repr_html_()
    assert page.startswith("<p><strong>worse: ") and "<th scope='row' style='text-align:left'>ece</th>" in page


def test_states_evaluations_and_files_are_alike(months, tmp_path) -> None:
    may, june = months
    may.state.write(str(tmp_path / "may.cstate"))
    expected = calibrant.diff(may, june, metrics=["ece", "accuracy"]).to_dict()  # skce needs pairs of rows, which no file holds
    for old in (may.state, tmp_path / "may.cstate", str(tmp_path / "may.cstate")):
        document = calibrant.diff(old, june, metrics=["ece", "accuracy"]).to_dict()
        assert (document["metrics"], document["per_class"]) == (expected["metrics"], expected["per_class"])
    assert calibrant.diff(tmp_path / "may.cstate", june).to_dict()["old"]["name"].endswith("may.cstate")


def test_options(months) -> None:
    diff = calibrant.diff(*months, metrics=["top_k_accuracy"], top_k=2, level=0.9)
    assert list(diff) == ["top_k_accuracy"] and diff.to_dict()["options"]["top_k"] == 2
    with pytest.raises(AttributeError, match="compared were top_k_accuracy"):
        _ = diff.ece


def test_other_bins_are_refused(months) -> None:
    with pytest.raises(calibrant.CalibrantError, match="june: it was measured with 5 bins, but may with 15 bins"):
        calibrant.diff(months[0], evaluation(200, 3, bins=5), names=("may", "june"))


def test_the_report_tells_what_changed(months, tmp_path) -> None:
    months[1].report(tmp_path / "june.html", baseline=months[0])
    text = (tmp_path / "june.html").read_text(encoding="utf-8")
    assert 'id="changes"' in text and calibrant.diff(*months).verdict in text

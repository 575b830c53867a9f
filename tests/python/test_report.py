"""The page of `Evaluation.report` is that of `calibrant report`."""

import re

import numpy as np
import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")

RANDOM = np.random.default_rng(5)
SCORES = RANDOM.dirichlet(np.ones(3), 800)
EVALUATION = calibrant.evaluate(SCORES, RANDOM.integers(0, 3, 800))


def test_the_page_has_the_numbers_of_the_evaluation(tmp_path) -> None:
    EVALUATION.report(tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    rows = dict(re.findall(r'<tr data-metric="([a-z0-9_]+)" data-value="([^"]*)"', page))
    assert {name: float(value) if value else None for name, value in rows.items()} == {name: figure.value for name, figure in EVALUATION.items()}
    assert "before-after" not in page


def test_beside_another(tmp_path) -> None:
    before = calibrant.evaluate(SCORES[::-1], RANDOM.integers(0, 3, 800))
    EVALUATION.report(tmp_path / "a.html", before=before, names=["new", "old"])
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert 'id="before-after"' in page and "\u2068old\u2069" in page and "\u2068new\u2069" in page
    with pytest.raises(calibrant.CalibrantError, match="names: got 1, expected 2"):
        EVALUATION.report(tmp_path / "b.html", names=["x"])


def test_a_peer_has_no_page(tmp_path) -> None:
    with pytest.raises(calibrant.CalibrantError, match="another package"):
        calibrant.evaluate(SCORES, RANDOM.integers(0, 3, 800), peer="netcal").report(tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()

"""Figures of the core: SVG with the numbers of the evaluation, shown by notebooks, saved as files."""

import shutil
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")

SVG = "{http://www.w3.org/2000/svg}"
RANDOM = np.random.default_rng(5)
SCORES = RANDOM.dirichlet(np.ones(3), 800)
LABELS = RANDOM.integers(0, 3, 800)
EVALUATION = calibrant.evaluate(SCORES, LABELS, groups=LABELS % 2)


@pytest.mark.parametrize("kind", ["reliability", "class", "classes", "confidence", "risk-coverage", "bins", "class-frequency", "groups"])
def test_a_figure_is_what_a_notebook_shows(kind) -> None:
    figure = EVALUATION.figure(kind)
    assert figure._repr_svg_() == figure.svg
    root = ElementTree.fromstring(figure.svg)
    assert root.find(SVG + "title").text == figure.title and root.find(SVG + "desc").text == figure.description
    assert repr(figure).startswith("<calibrant.Drawing ")


def test_the_marks_are_the_bins() -> None:
    marks = ElementTree.fromstring(EVALUATION.figure().svg).findall(f".//{SVG}g[@class='cf-bin']")
    bins = [b for b in EVALUATION.to_dict()["reliability"]["top_label"] if b["count"] > 0]
    assert [float(mark.get("data-accuracy")) for mark in marks] == [b["accuracy"] for b in bins]


def test_options() -> None:
    assert "\u20682\u2069" in EVALUATION.figure("class", of_class=2).title
    assert EVALUATION.figure("classes", most_classes=1).svg.count('class="cf-class"') == 1
    assert "prefers-color-scheme" not in EVALUATION.figure(theme="dark").svg
    both = EVALUATION.figure("before-after", after=calibrant.evaluate(SCORES, LABELS, bins=5), names=["old", "new"])
    assert "old" in both.svg and "new" in both.svg
    rows = calibrant.evaluate(SCORES, LABELS, bootstrap=2)
    assert 'class="cf-cell"' in rows.figure("simplex").svg


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"kind": "pie"}, 'kind: got "pie", expected one of reliability, class'),
        ({"kind": "class", "of_class": "x"}, 'class: got "x", expected one of 0, 1, 2'),
        ({"theme": "pink"}, "theme: got"),
        ({"kind": "classes", "most_classes": 0}, "most_classes"),
        ({"kind": "before-after"}, "got 1 data set, expected 2"),
        ({"kind": "simplex"}, "bootstrap"),
        ({"names": ["a", "b"]}, "names: got 2, expected 1"),
    ],
)
def test_what_makes_no_figure_is_refused(options, complaint) -> None:
    with pytest.raises(calibrant.CalibrantError) as refusal:
        EVALUATION.figure(**options)
    assert complaint in str(refusal.value)


def test_a_restricted_evaluation_says_what_is_missing() -> None:
    with pytest.raises(calibrant.CalibrantError, match="classes: needs .*classwise"):
        calibrant.evaluate(SCORES, LABELS, metrics=["ece"]).figure("classes")


def test_save(tmp_path) -> None:
    figure = EVALUATION.figure()
    figure.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == figure.svg
    with pytest.raises(calibrant.CalibrantError, match="a.gif"):
        figure.save(tmp_path / "a.gif")


@pytest.mark.skipif(shutil.which("rsvg-convert") is None, reason="rsvg-convert comes with librsvg2-bin, see tools/install_deps.sh")
def test_save_by_the_converter(tmp_path) -> None:
    figure = EVALUATION.figure()
    figure.save(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    figure.save(str(tmp_path / "a.pdf"))
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


def test_without_the_converter_it_says_what_to_install(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(calibrant.CalibrantError, match="apt install librsvg2-bin") as refusal:
        EVALUATION.figure().save(tmp_path / "a.png")
    assert refusal.value.code == "unsupported"

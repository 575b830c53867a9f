"""`calibrant audit`: one command that does what fit, apply, evaluate and compare do one after the other."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

INPUT = ("--probabilities", "--scores", "p_*")
FILES = {"report.html", "summary.md", "evaluation.json", "model.calibrant", "state.cstate"}
MEASURED = ("metrics", "panel", "groups", "classes", "confidence_bins")


def rows(n, seed, factor=2.5):
    """Float64 probabilities that are too decided, and labels."""
    random = np.random.default_rng(seed)
    z = 2 * random.normal(size=(n, 4))
    y = (z + random.gumbel(size=(n, 4))).argmax(axis=1)
    p = np.exp(factor * z - (factor * z).max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True), y


def write(path, p, y, **more):
    pq.write_table(pa.table({**{f"p_{k}": p[:, k] for k in range(p.shape[1])}, "label": [str(k) for k in y], **more}), path)


@pytest.fixture
def files(calibrant):
    write(calibrant.folder / "val.parquet", *rows(1500, 1))
    p, y = rows(1200, 2)
    write(calibrant.folder / "test.parquet", p, y, site=[("north", "south")[i % 3 == 0] for i in range(len(y))])
    return p, y


def test_does_what_the_single_commands_do(calibrant, files):
    text = calibrant.output("audit", "val.parquet", "test.parquet", *INPUT, "--method", "temperature", "-o", "out")
    assert {path.name for path in (calibrant.folder / "out").iterdir()} == FILES
    assert "before: over-confident" in text
    assert "out/report.html" in text
    calibrant.output("fit", "val.parquet", *INPUT, "--method", "temperature", "-o", "m.calibrant", "--quiet")
    assert (calibrant.folder / "out" / "model.calibrant").read_bytes() == (calibrant.folder / "m.calibrant").read_bytes()
    calibrant.output("apply", "m.calibrant", "test.parquet", "-o", "after.parquet")
    apart = calibrant.evaluate("after.parquet", *INPUT, "--metrics", "log_loss,brier,ece,accuracy,classwise_ece")
    whole = json.loads((calibrant.folder / "out" / "evaluation.json").read_text())
    for name, metric in apart["metrics"].items():
        assert whole["metrics"][name]["value"] == pytest.approx(metric["value"], abs=1e-12), name
    compared = json.loads(calibrant.output("compare", "test.parquet", "after.parquet", *INPUT, "--json", "-"))
    verdict = compared["pairs"][0]["verdict"].replace("after.parquet", "after").replace("test.parquet", "before")
    assert verdict in " ".join(text.split())
    assert verdict in (calibrant.folder / "out" / "summary.md").read_text()
    page = (calibrant.folder / "out" / "report.html").read_text()
    assert whole["headline"] in page
    info = calibrant.output("info", "out/state.cstate")
    assert "1,200" in info or "1200" in info


def test_the_model_never_sees_a_test_label(calibrant, files):
    p, y = files
    calibrant.output("audit", "val.parquet", "test.parquet", *INPUT, "-o", "out", "--quiet")
    write(calibrant.folder / "turned.parquet", p, np.random.default_rng(0).permutation(y))
    calibrant.output("audit", "val.parquet", "turned.parquet", *INPUT, "-o", "turned", "--quiet")
    model = [(calibrant.folder / name / "model.calibrant").read_bytes() for name in ("out", "turned")]
    assert model[0] == model[1]
    results = [(calibrant.folder / name / "evaluation.json").read_bytes() for name in ("out", "turned")]
    assert results[0] != results[1]


def test_groups_of_the_test_rows(calibrant, files):
    calibrant.output("audit", "val.parquet", "test.parquet", *INPUT, "--group", "site", "-o", "out", "--quiet")


def test_rows_that_cannot_be_used_are_left_out_of_both_sides(calibrant, files):
    p, y = files
    broken = p.copy()
    broken[7] = 0.9
    write(calibrant.folder / "broken.parquet", broken, y)
    assert "row 7" in calibrant.refusal("audit", "val.parquet", "broken.parquet", *INPUT, "-o", "out")
    calibrant.output("audit", "val.parquet", "broken.parquet", *INPUT, "--on-invalid", "skip", "-o", "out", "--quiet")
    result = json.loads((calibrant.folder / "out" / "evaluation.json").read_text())
    assert result["data"]["rows"] == 1199
    assert sum(result["data"]["skipped"].values()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("val.parquet",), "audit: got 1 file, expected two"),
        (("val.parquet", "val.parquet"), "is given as validation rows and as test rows"),
        (("val.parquet", "test.parquet", "--method", "temprature"), "did you mean temperature?"),
        (("val.parquet", "test.parquet", "--labels", "val.parquet"), "put the labels into the predictions"),
    ],
)
def test_refusals(calibrant, files, arguments, sentence):
    assert sentence in calibrant.refusal("audit", *arguments, *INPUT, "-o", "out", status=2)


def test_a_file_in_the_place_of_the_folder(calibrant, files):
    (calibrant.folder / "out").write_text("mine")
    assert "out is a file, expected a folder" in calibrant.refusal(
        "audit", "val.parquet", "test.parquet", *INPUT, "-o", "out", status=2
    )


def test_other_classes_are_refused(calibrant, files):
    p, y = files
    write(calibrant.folder / "three.parquet", p[:, :3] / p[:, :3].sum(axis=1, keepdims=True), np.minimum(y, 2))
    assert "test: has other classes than the validation rows" in calibrant.refusal(
        "audit", "val.parquet", "three.parquet", *INPUT, "-o", "out"
    )

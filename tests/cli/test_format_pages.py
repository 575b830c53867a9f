"""The pages of docs/formats say what the files hold: every key is explained, and a reader written from the page alone gets the same figures."""

import contextlib
import hashlib
import json
import re
import shlex
import struct
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
FORMATS = ROOT / "docs" / "formats"
SCHEMA = json.loads((FORMATS / "evaluation.schema.json").read_text(encoding="utf-8"))
PATTERN = ("--probabilities", "--scores", "p_*")


def property_names(schema: dict) -> set[str]:
    """Names of all properties in a JSON Schema; those of metrics are the catalogue's and stand in definitions.md."""
    names = set()
    for key, part in schema.items():
        if key == "properties":
            names |= set(part)
            for name, inner in part.items():
                if name != "metrics":
                    names |= property_names(inner)
        elif isinstance(part, dict):
            names |= property_names(part)
        elif isinstance(part, list):
            for item in part:
                names |= property_names(item) if isinstance(item, dict) else set()
    return names


def test_the_page_of_the_result_explains_every_key() -> None:
    page = (FORMATS / "evaluation.md").read_text(encoding="utf-8")
    quoted = set(re.findall(r"`\"?([a-z0-9_]+)\"?`", page))
    names = property_names(SCHEMA)
    assert len(names) > 50
    assert names - quoted == set()
    reasons = SCHEMA["properties"]["data"]["properties"]["skipped"]["propertyNames"]["enum"]
    assert set(reasons) - quoted == set()
    codes = set(re.findall(r'\{"([a-z_]+)"', (ROOT / "src" / "evaluation" / "warnings.cpp").read_text()))
    assert len(codes) >= 10
    assert codes - quoted == set(), "every warning is explained"


def test_the_page_of_the_result_names_no_key_that_is_not_there(calibrant, predictions) -> None:
    page = (FORMATS / "evaluation.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]*`) \|", page, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    codes = set(re.findall(r'\{"([a-z_]+)"', (ROOT / "src" / "evaluation" / "warnings.cpp").read_text()))
    assert documented - property_names(SCHEMA) - codes == set()


def test_rows_add_up(calibrant) -> None:
    lines = ["0.5,0.5,a,1", "0.5,0.4,a,1", "nan,1,,1", "0.5,0.5,b,0", "0.5,0.5,b,-1", "1,0,b,2"]
    (calibrant.folder / "x.csv").write_text("p_a,p_b,label,w\n" + "\n".join(lines) + "\n")
    data = calibrant.evaluate("x.csv", *PATTERN, "--weight", "w", "--on-invalid", "skip")["data"]
    assert data["rows"] + sum(data["skipped"].values()) + 1 == data["sources"][0]["rows"] == 6


class StateFile:
    """Reads a state as docs/formats/state.md says."""

    def __init__(self, content: bytes) -> None:
        (length,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + length])
        payload = content[8 + length :]
        self.metadata = header.pop("__metadata__")
        assert length % 8 == 0
        assert self.metadata["format"] == "calibrant/state/2"
        digest = hashlib.sha256(self.metadata["state"].encode() + payload).hexdigest()
        assert digest == self.metadata["sha256"]
        self.description = json.loads(self.metadata["state"])
        self.tensors = {
            name: np.frombuffer(payload[slice(*each["data_offsets"])], {"I64": "<i8", "F64": "<f8"}[each["dtype"]]).reshape(each["shape"])
            for name, each in header.items()
        }


def joined(words: np.ndarray) -> np.ndarray:
    """Sums of two words, low word first, as Python integers."""
    return words[..., 0].astype(object) % 2**64 + words[..., 1].astype(object) * 2**64


@pytest.fixture
def state_and_result(calibrant, predictions):
    def make(*options: str, extra: dict[str, list] | None = None) -> tuple[StateFile, dict]:
        data = predictions(rows=500, classes=4)
        data.extra = extra or {}
        data.csv(calibrant.folder / "x.csv")
        result = calibrant.evaluate("x.csv", *PATTERN, *options, "--state", "x.cstate")
        return StateFile((calibrant.folder / "x.cstate").read_bytes()), result

    return make


def test_figures_from_the_page_of_the_state_alone(state_and_result) -> None:
    state, result = state_and_result("--hash")
    metrics = {name: metric["value"] for name, metric in result["metrics"].items()}
    assert {key: state.description[key] for key in ("classes", "input", "bins", "weight_kind", "log_floor", "grouped", "weighted", "groups")} == {
        "classes": ["c0", "c1", "c2", "c3"], "input": "probabilities", "bins": 15, "weight_kind": "frequency", "log_floor": None, "grouped": False,
        "weighted": False, "groups": [""],
    }
    assert state.description["rows"]["measured"] == 500 and set(state.description["rows"]["skipped"]) >= {"not_finite", "unknown_label"}
    assert state.description["sources"] == result["data"]["sources"]
    assert state.description["parts"] == ["scores", "top_label", "classwise", "confidences", "class_values", "ranks"]
    assert state.description["exact_rows"] == 2_000_000
    columns = {f"0.{column}.{part}" for column in ("confidences", *(f"class_values.{k}" for k in range(4))) for part in ("sizes", "keys")}
    sums = {"0.scores.rows", *(f"0.{part}.by_weight.exact" for part in ("scores", "top_label", "classwise", "ranks"))}
    assert set(state.tensors) == sums | columns
    assert state.tensors["0.scores.rows"].tolist() == [500, 0]

    sums = joined(state.tensors["0.scores.by_weight.exact"])
    assert sums.shape == (12,) and sums[0] == 500
    assert int(sums[3]) * 2.0**-40 / 500 == pytest.approx(metrics["log_loss"], rel=1e-14)
    assert int(sums[5]) * 2.0**-50 / 500 == pytest.approx(metrics["brier"], rel=1e-14)

    cells = state.tensors["0.top_label.by_weight.exact"]
    assert cells.shape == (4, 15, 8)
    weight, hits = cells[..., 0].sum(axis=0), cells[..., 1].sum(axis=0)
    confidence = joined(cells[..., 2:4]).sum(axis=0)
    gaps = np.abs(np.array([int(c) * 2.0**-51 for c in confidence]) - hits)
    assert hits.sum() / weight.sum() == pytest.approx(metrics["accuracy"], rel=1e-15)
    assert gaps.sum() / 500 == pytest.approx(metrics["ece"], rel=1e-13)
    assert weight.tolist() == [each["count"] for each in result["reliability"]["top_label"]]

    columns = state.tensors["0.classwise.by_weight.exact"]
    total = columns[:, 0, :2].copy()
    assert total[:, 0].tolist() == [500] * 4, "bin 0 holds the total of its column"
    assert total[:, 1].tolist() == [each["rows"] for each in result["per_class"]]
    first = total - columns[:, 1:, :2].sum(axis=1)
    counts = np.concatenate([first[:, None, :], columns[:, 1:, :2]], axis=1)[..., 0]
    assert counts.tolist() == [[each["count"] for each in diagram["bins"]] for diagram in result["reliability"]["classes"]]


def test_optional_tensors_are_there_when_the_page_says_so(state_and_result) -> None:
    names = {"scores.by_weight", "top_label.by_weight", "classwise.by_weight", "ranks.by_weight"}
    squared = {name.replace("by_weight", "by_squared_weight") for name in names - {"ranks.by_weight"}}

    def kinds(*options: str, **extra: list) -> set[str]:
        state, _ = state_and_result(*options, extra=extra)
        columns = {name for name in state.tensors if name.startswith(("0.confidences.", "0.class_values."))}
        assert {name.rsplit(".", 1)[1] for name in columns} == {"sizes", "keys", "weights"}
        return {name.removeprefix("0.") for name in set(state.tensors) - columns} - {"scores.rows"}

    whole = [1, 2] * 250
    halves = [1, 0.5] * 250
    exact = {f"{name}.exact" for name in names}
    assert kinds("--weight", "w", w=whole) == exact
    assert kinds("--weight", "w", w=halves) == exact | {f"{name}.fractional" for name in names}
    assert kinds("--weight", "w", "--weight-kind", "importance", w=whole) == exact | {f"{name}.exact" for name in squared}
    every = names | squared
    assert kinds("--weight", "w", "--weight-kind", "importance", w=halves) == {f"{name}.{kind}" for name in every for kind in ("exact", "fractional")}


def forecasts(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (keys >> 1).view(np.float64), keys & 1


def test_sorted_forecasts_are_those_of_the_rows(state_and_result) -> None:
    state, result = state_and_result()
    confidence, right = forecasts(state.tensors["0.confidences.keys"])
    assert (np.diff(confidence) >= 0).all()
    assert state.tensors["0.confidences.sizes"].tolist() == [500, 500]
    assert right.mean() == result["metrics"]["accuracy"]["value"]
    drift = np.cumsum(confidence - right)[np.append(np.diff(confidence) > 0, True)]
    assert abs(drift).max() / 500 == pytest.approx(result["metrics"]["ks_error"]["value"], rel=1e-12)
    for k, row in enumerate(result["per_class"]):
        p, hit = forecasts(state.tensors[f"0.class_values.{k}.keys"])
        assert p.mean() == pytest.approx(row["mean_probability"], rel=1e-13) and hit.sum() == row["rows"]


def test_micro_bins_are_where_the_page_says(state_and_result) -> None:
    exact, _ = state_and_result()
    state, _ = state_and_result("--exact-rows", "0")
    confidence, right = forecasts(exact.tensors["0.confidences.keys"])
    half, smallest = 32768, np.array([2.0**-17]).view(np.int64)[0] >> 41
    distance = np.where(confidence < 0.5, confidence, 1 - confidence)
    place = np.clip((distance.view(np.int64) >> 41) - smallest, 0, half - 1)
    bins = np.where(confidence < 0.5, place, 2 * half - 1 - place)
    cells = state.tensors["0.confidences.by_weight.exact"][0]
    assert cells.shape == (65536, 8)
    assert cells[:, 0].tolist() == np.bincount(bins, minlength=65536).tolist()
    assert cells[:, 1].tolist() == np.bincount(bins, right, minlength=65536).tolist()
    assert state.tensors["0.class_values.0.by_weight.exact"].shape == (1, 1024, 8)


def test_fractional_sums_add_to_the_exact_ones(state_and_result) -> None:
    state, result = state_and_result("--weight", "w", extra={"w": [1, 0.25] * 250})
    fractional = state.tensors["0.top_label.by_weight.fractional"]
    exact = state.tensors["0.top_label.by_weight.exact"]
    assert fractional.shape == (4, 15, 10)
    weight = exact[..., 0] + fractional[..., 0] + fractional[..., 1]
    hits = exact[..., 1] + fractional[..., 2] + fractional[..., 3]
    assert weight.sum() == pytest.approx(result["weight"], rel=1e-15)
    assert hits.sum() / weight.sum() == pytest.approx(result["metrics"]["accuracy"]["value"], rel=1e-14)


def test_groups_are_numbered_as_the_description_lists_them(state_and_result) -> None:
    state, result = state_and_result("--group", "g", extra={"g": ["south", "north"] * 250})
    assert state.description["groups"] == ["north", "south"] and state.description["grouped"] is True
    for number, name in enumerate(state.description["groups"]):
        hits = state.tensors[f"{number}.top_label.by_weight.exact"][..., 1].sum()
        assert hits / 250 == pytest.approx(result["groups"][name]["metrics"]["accuracy"]["value"], rel=1e-15)


def test_examples_of_the_page_of_predictions(calibrant) -> None:
    """The page runs from top to bottom: Python writes the files, each command line measures them."""
    page = (FORMATS / "predictions.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(python|)\n(.*?)```", page, re.DOTALL)
    written = {}
    results = {}
    with contextlib.chdir(calibrant.folder):
        for language, block in blocks:
            if language == "python":
                exec(block, written)  # noqa: S102
                continue
            for line in block.splitlines():
                command, *arguments = shlex.split(line)
                assert command == "calibrant" and arguments[0] == "evaluate"
                results[line] = calibrant.evaluate(*arguments[1:])
    assert len(results) >= 11
    expected = -np.log(written["p"][np.arange(4), written["y"]]).mean()
    for line, result in results.items():
        data = result["data"]
        if "answers.jsonl" in line:
            losses = [np.log(1 + np.exp(-1.5)), np.log(1 + np.exp(-1.2) + np.exp(-0.1))]
            assert result["metrics"]["log_loss"]["value"] == pytest.approx(np.mean(losses), abs=1e-12)
            assert data["class_names"] == ["A", "B", "C"]
        else:
            assert result["metrics"]["log_loss"]["value"] == pytest.approx(expected, abs=1e-7 if "scores.npy" in line else 1e-12), line
            assert data["rows"] == (12 if "stream" in line else 4)


def test_the_page_of_predictions_names_every_format() -> None:
    page = (FORMATS / "predictions.md").read_text(encoding="utf-8")
    known = set(re.findall(r'\{"(\w+)", file_format::', (ROOT / "src" / "io" / "open_table.cpp").read_text()))
    assert len(known) >= 10
    assert {f"`.{name}`" for name in known} - set(re.findall(r"`\.\w+`", page)) == set()

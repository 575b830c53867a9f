"""calibrant diff: what it tells, each output, and what is refused."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "formats" / "diff.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
PATTERN = ("--probabilities", "--scores", "p_*")
LEADING = ["accuracy", "mean_confidence", "confidence_gap", "ece", "log_loss", "brier"]


def write(path: Path, rows: int, seed: int, sharpness: float = 1.0, tilt: float = 0.0) -> None:
    """Rows of three classes in two countries: calibrated at sharpness 1, the first class more frequent with a tilt."""
    random = np.random.default_rng(seed)
    z = random.normal(0, 2, (rows, 3)) + [tilt, 0, 0]
    truth = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    labels = (truth.cumsum(axis=1) > random.random((rows, 1))).argmax(axis=1)
    served = np.exp(sharpness * z) / np.exp(sharpness * z).sum(axis=1, keepdims=True)
    lines = [
        ",".join([*(repr(float(x)) for x in row), "abc"[label], ("de", "fr")[i % 2]]) for i, (row, label) in enumerate(zip(served, labels, strict=True))
    ]
    path.write_text("p_a,p_b,p_c,label,country\n" + "\n".join(lines) + "\n")


@pytest.fixture
def states(calibrant):
    """may: calibrated; june: over-confident, with more of class a; calm: other rows as in may."""
    for name, how in {"may": (3000, 1), "june": (2000, 2, 1.6, 0.7), "calm": (2000, 3)}.items():
        write(calibrant.folder / f"{name}.csv", *how)
        calibrant.output("evaluate", f"{name}.csv", *PATTERN, "--group", "country", "--state", f"{name}.cstate", "--quiet")
    return calibrant


def diffed(calibrant, *arguments: str) -> dict:
    result = json.loads(calibrant.output("diff", *arguments, "--json", "-"))
    VALIDATOR.validate(result)
    return result


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_page_of_the_format_explains_every_key() -> None:
    page = (ROOT / "docs" / "formats" / "diff.md").read_text(encoding="utf-8")
    defined = SCHEMA["$defs"]
    for part in (SCHEMA, defined["side"], defined["change"], defined["mix"], SCHEMA["properties"]["options"], SCHEMA["properties"]["per_class"]["items"]):
        for key in part["properties"]:
            assert f"`{key}`" in page, key


def test_what_drifted(states) -> None:
    result = diffed(states, "may.cstate", "june.cstate")
    assert result["verdict"].startswith("worse: ") and "the mix of classes shifted" in result["verdict"]
    assert [name for name, of in result["metrics"].items() if of["family"] == "leading"] == LEADING
    verdicts = {name: of["verdict"] for name, of in result["metrics"].items()}
    assert (verdicts["ece"], verdicts["confidence_gap"], verdicts["mean_confidence"]) == ("worse", "worse", "higher")
    assert (result["old"]["rows"], result["new"]["rows"], result["old"]["name"]) == (3000, 2000, "may.cstate")
    share = next(row for row in result["per_class"] if row["name"] == "a")["share"]
    assert share["verdict"] == "higher" and share["difference"] == pytest.approx(share["new"]["value"] - share["old"]["value"], abs=1e-15)
    assert list(result["groups"]) == ["de", "fr"] and not result["group_mix"]["changed"]
    assert any("calibrant fit" in sentence for sentence in result["advice"])
    text = states.output("diff", "may.cstate", "june.cstate")
    assert text.startswith("  worse: ") and "\nWhat to do\n" in text and "2,000 rows" in text


def test_each_side_is_as_evaluate_tells_it(states) -> None:
    result = diffed(states, "may.cstate", "june.cstate")
    for side, state in (("old", "may.cstate"), ("new", "june.cstate")):
        told = states.evaluate("--from-state", state)["metrics"]
        for name, change in result["metrics"].items():
            assert (change[side]["value"], change[side]["interval"]) == (told[name]["value"], told[name]["interval"]), name


def test_nothing_drifted(states) -> None:
    result = diffed(states, "may.cstate", "calm.cstate")
    assert result["verdict"].startswith("no evidence of change; accuracy may have moved by ")
    assert result["advice"] == []
    text = states.output("diff", "may.cstate", "calm.cstate")
    assert "Classes: no evidence of change in 12 tests" in text and "What to do" not in text


def test_one_question_needs_no_allowance_for_others(states) -> None:
    all_of_them = diffed(states, "may.cstate", "june.cstate")["metrics"]["accuracy"]
    result = diffed(states, "may.cstate", "june.cstate", "--metrics", "accuracy")
    assert list(result["metrics"]) == ["accuracy"] and result["options"]["tests"]["leading"] == 2
    one = result["metrics"]["accuracy"]
    assert one["p_value"] == all_of_them["p_value"] and one["adjusted_p_value"] <= all_of_them["adjusted_p_value"]


def test_options_of_single_metrics(states) -> None:
    result = diffed(states, "may.cstate", "june.cstate", "--metrics", "top_k_accuracy,risk_at_coverage", "--top-k", "2", "--coverage", "0.5")
    assert result["options"]["top_k"] == 2
    assert result["metrics"]["top_k_accuracy"]["old"]["value"] == states.evaluate("--from-state", "may.cstate", "--top-k", "2")["metrics"]["top_k_accuracy"]["value"]
    assert "--top-k is of top_k_accuracy, but no metric is" in states.refusal("diff", "may.cstate", "june.cstate", "--top-k", "2", status=2)


def test_a_wider_level_finds_more(states) -> None:
    narrow = diffed(states, "may.cstate", "calm.cstate")["metrics"]["brier"]["interval"]
    wide = diffed(states, "may.cstate", "calm.cstate", "--level", "0.5")["metrics"]["brier"]["interval"]
    assert narrow[0] < wide[0] < wide[1] < narrow[1]


def test_every_output_at_once(states) -> None:
    states.output("diff", "may.cstate", "june.cstate", "--json", "d.json", "--markdown", "d.md", "--report", "d.html", "--quiet")
    markdown = (states.folder / "d.md").read_text()
    assert markdown.startswith("## Diff: worse: ") and "### What to do" in markdown and "Made by calibrant" in markdown
    VALIDATOR.validate(json.loads((states.folder / "d.json").read_text()))
    assert 'id="changes"' in (states.folder / "d.html").read_text()


def test_the_number_of_threads_changes_nothing(states) -> None:
    runs = [diffed(states, "may.cstate", "june.cstate", "--threads", n) for n in ("1", "4")]
    for run in runs:
        run["calibrant"]["command"] = ""
    assert runs[0] == runs[1]


def test_shards_and_the_whole_give_the_same(states) -> None:
    lines = (states.folder / "june.csv").read_text().splitlines(keepends=True)
    for name, part in (("one", lines[1:700]), ("two", lines[700:])):
        (states.folder / f"{name}.csv").write_text(lines[0] + "".join(part))
        states.output("evaluate", f"{name}.csv", *PATTERN, "--group", "country", "--state", f"{name}.cstate", "--quiet")
    states.output("merge", "two.cstate", "one.cstate", "-o", "both.cstate")
    whole, merged = (diffed(states, "may.cstate", name) for name in ("june.cstate", "both.cstate"))
    assert whole["metrics"] == merged["metrics"] and whole["per_class"] == merged["per_class"]


def test_the_same_rows_are_noticed(states) -> None:
    states.output("evaluate", "may.csv", *PATTERN, "--group", "country", "--state", "again.cstate", "--quiet")
    warnings = diffed(states, "may.cstate", "again.cstate")["warnings"]
    assert warnings[0]["code"] == "shared_rows" and "calibrant compare" in warnings[0]["message"]


def test_confidences_alone(calibrant) -> None:
    for name, right in (("a", 3), ("b", 2)):
        lines = "".join(f"{0.5 + i % 50 / 100},{int(i % right > 0)}\n" for i in range(600))
        (calibrant.folder / f"{name}.csv").write_text("stated,ok\n" + lines)
        calibrant.output("evaluate", f"{name}.csv", "--confidence", "stated", "--correct", "ok", "--state", f"{name}.cstate", "--quiet")
    result = diffed(calibrant, "a.cstate", "b.cstate")
    assert result["metrics"]["accuracy"]["verdict"] == "worse" and result["metrics"]["log_loss"]["verdict"] == "not_tested"
    assert result["per_class"] == [] and result["class_mix"]["p_value"] is None and result["class_mix"]["reasons"]["p_value"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("may.cstate",), 2, "there is no NEW, expected one"),
        (("may.csv", "june.cstate"), 2, "diff: got may.csv, expected a state file (.cstate); save one with calibrant evaluate --state"),
        (("may.cstate", "absent.cstate"), 3, "absent.cstate"),
        (("may.cstate", "june.cstate", "--metrics", "acuracy"), 2, "did you mean accuracy?"),
        (("may.cstate", "june.cstate", "--level", "1"), 2, "--level"),
        (("may.cstate", "june.cstate", "--json", "may.cstate"), 2, "may.cstate"),
        (("may.cstate", "bins.cstate"), 3, "bins.cstate: it was measured with 10 bins, but may.cstate with 15 bins, expected as many; measure both in the same way"),
        (("may.cstate", "other.cstate"), 3, "other.cstate: it was measured with 2 classes (x, y), but may.cstate with 3 classes (a, b, c), expected the same classes"),
    ],
)
def test_what_is_refused(states, arguments: tuple[str, ...], status: int, words: str) -> None:
    states.output("evaluate", "may.csv", *PATTERN, "--bins", "10", "--state", "bins.cstate", "--quiet")
    (states.folder / "other.csv").write_text("p_x,p_y,label\n0.5,0.5,x\n")
    states.output("evaluate", "other.csv", *PATTERN, "--state", "other.cstate", "--quiet")
    assert words in states.refusal("diff", *arguments, status=status)


def test_names_are_harmless(calibrant) -> None:
    for name, seed in (("a", 1), ("b", 2)):
        write(calibrant.folder / f"{name}.csv", 300, seed, 1.0 + seed)
        text = (calibrant.folder / f"{name}.csv").read_text().replace(",de\n", ",<b>|\x1b[31m\n")
        (calibrant.folder / f"{name}.csv").write_text(text)
        calibrant.output("evaluate", f"{name}.csv", *PATTERN, "--group", "country", "--state", f"{name}.cstate", "--quiet")
    assert "\x1b" not in calibrant.output("diff", "a.cstate", "b.cstate")
    assert "<b>" not in calibrant.output("diff", "a.cstate", "b.cstate", "--markdown", "-")

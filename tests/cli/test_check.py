"""calibrant check: exit statuses, each output, files of limits and what is refused."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "formats" / "check.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
PATTERN = ("--probabilities", "--scores", "p_*")
INPUT = ("rows.csv", *PATTERN)
PASS, FAIL, OPEN = 0, 1, 5


@pytest.fixture
def rows(calibrant, predictions):
    """2,000 rows of an over-confident model (ECE about .09) in two groups."""
    data = predictions(rows=2000, seed=4)
    data.extra = {"country": [("de", "fr")[i % 2] for i in range(2000)]}
    data.csv(calibrant.folder / "rows.csv")
    return data


def checked(calibrant, *arguments: str, status: int) -> dict:
    done = calibrant.run("check", *arguments, "--json", "-")
    assert (done.returncode, done.stderr) == (status, b"")
    result = json.loads(done.stdout)
    VALIDATOR.validate(result)
    assert {0: "pass", 1: "fail", 5: "inconclusive"}[status] == result["outcome"]
    for check in result["checks"]:
        for figure in ("value", "baseline", "at_worst", "at_best", "more_rows"):
            assert check[figure] is None or figure not in check.get("reasons", {}), figure
    return result


def limits(calibrant, text: str) -> str:
    (calibrant.folder / "limits.toml").write_text(text)
    return "limits.toml"


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_page_of_the_format_explains_every_key() -> None:
    page = (ROOT / "docs" / "formats" / "check.md").read_text(encoding="utf-8")
    for part in (SCHEMA["properties"], SCHEMA["$defs"]["check"]["properties"], SCHEMA["properties"]["data"]["properties"], SCHEMA["properties"]["options"]["properties"]):
        for key in part:
            assert f"`{key}`" in page, key


def test_options_of_single_metrics(calibrant, rows) -> None:
    """They mean what they mean to evaluate, also for a saved state and a limit in a file."""
    for option, value, metric, rule, limit in (
        ("--top-k", "2", "top_k_accuracy", "--min", "0.5"),
        ("--coverage", "0.5", "risk_at_coverage", "--max", "0.9"),
        ("--threshold", "0.6", "selective_risk", "--max", "0.9"),
        ("--min-probability", "0.2", "tace", "--max", "0.9"),
    ):
        told = calibrant.evaluate(*INPUT, "--metrics", metric, option, value)["metrics"][metric]["value"]
        result = checked(calibrant, *INPUT, rule, f"{metric}={limit}", option, value, status=PASS)
        assert (result["checks"][0]["value"], result["options"][option.strip("-").replace("-", "_")]) == (told, float(value)), option
        other = checked(calibrant, *INPUT, rule, f"{metric}={limit}", status=PASS)["checks"][0]["value"]
        assert other != told, option
    calibrant.output("evaluate", *INPUT, "--state", "rows.cstate", "--quiet")
    text = "[min]\ntop_k_accuracy = 0.5\n"
    of_file = checked(calibrant, "rows.cstate", "--limits", limits(calibrant, text), "--top-k", "2", status=PASS)
    assert of_file["checks"][0]["value"] == calibrant.evaluate(*INPUT, "--top-k", "2")["metrics"]["top_k_accuracy"]["value"]
    assert "--top-k is of top_k_accuracy, but no limit is" in calibrant.refusal("check", *INPUT, "--max", "ece=0.3", "--top-k", "2", status=2)
    assert "--top-k" in calibrant.refusal("check", *INPUT, "--min", "top_k_accuracy=0.5", "--top-k", "0", status=2)


def test_a_broken_table_is_refused_with_its_line(calibrant, rows) -> None:
    assert "limits.toml: line 1: it is not TOML" in calibrant.refusal("check", *INPUT, "--limits", limits(calibrant, "[!max]\nece = 0.03\n"))


@pytest.mark.parametrize(("limit", "status", "words"), [("0.3", PASS, "  passes: "), ("0.01", FAIL, "  fails: "), ("0.09", OPEN, "  cannot tell yet: ")])
def test_exit_status_and_verdict(calibrant, rows, limit: str, status: int, words: str) -> None:
    done = calibrant.run("check", *INPUT, "--max", f"ece={limit}")
    assert done.returncode == status and done.stderr == b""
    assert done.stdout.decode().startswith(words)
    quiet = calibrant.run("check", *INPUT, "--max", f"ece={limit}", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (status, b"", b"")
    checked(calibrant, *INPUT, "--max", f"ece={limit}", status=status)


def test_bounds_are_the_interval_of_evaluate_at_twice_alpha(calibrant, rows) -> None:
    result = checked(calibrant, *INPUT, "--max", "ece=0.3", "--min", "accuracy=0.2", "--max", "brier=1.5", status=PASS)
    shown = calibrant.evaluate(*INPUT, "--level", "0.9")["metrics"]
    for check in result["checks"]:
        worst = 0 if check["rule"] == "at_least" else 1
        assert check["at_worst"] == pytest.approx(shown[check["metric"]]["interval"][worst], abs=1e-12)
        assert check["value"] == shown[check["metric"]]["value"]


def test_an_open_gate_says_how_many_more_rows(calibrant, rows) -> None:
    result = checked(calibrant, *INPUT, "--max", "ece=0.09", status=OPEN)
    assert result["checks"][0]["more_rows"] > 0
    assert "(an estimate)" in result["verdict"]
    assert "What to do" in calibrant.run("check", *INPUT, "--max", "ece=0.09").stdout.decode()


@pytest.mark.parametrize("width", [40, 60, 80, 160])
def test_nothing_is_wider_than_the_window(calibrant, rows, width: int) -> None:
    done = calibrant.run("check", *INPUT, "--max", "ece=0.09", "--max", "classwise_ece=0.05", "--per-class", environment={"COLUMNS": str(width)})
    assert max(map(len, done.stdout.decode().splitlines())) <= width


def test_groups_and_classes(calibrant, rows) -> None:
    result = checked(calibrant, *INPUT, "--group", "country", "--max", "ece=0.01", "--per-group", status=FAIL)
    assert [(c["scope"], c["member"]) for c in result["checks"]] == [("total", None), ("group", "de"), ("group", "fr")]
    result = checked(calibrant, *INPUT, "--max", "classwise_ece=0.01", "--max", "brier=1.9", "--per-class", status=FAIL)
    assert [c["member"] for c in result["checks"]] == [None, "c0", "c1", "c2", None]
    text = calibrant.run("check", *INPUT, "--max", "classwise_ece=0.01", "--per-class").stdout.decode()
    assert "class c0" in text


def test_junit_is_read_by_a_parser(calibrant, predictions) -> None:
    data = predictions(rows=1000, seed=4)
    evil = ['a<b & "c"', "\u202eright", "]]>"]
    data.names = evil
    np.savez(calibrant.folder / "x.npz", scores=data.scores, labels=np.array([evil[y] for y in data.labels]))
    (calibrant.folder / "names.txt").write_text("\n".join(evil), encoding="utf-8")
    done = calibrant.run("check", "x.npz", "--probabilities", "--scores", "scores", "--label", "labels", "--classes", "names.txt", "--max", "classwise_ece=0.01", "--per-class", "--max", "ece=0.07", "--junit", "out.xml")
    assert done.returncode == FAIL, done.stderr
    root = ElementTree.parse(calibrant.folder / "out.xml").getroot()
    assert root.tag == "testsuites"
    suite = root.find("testsuite")
    cases = suite.findall("testcase")
    assert int(suite.get("tests")) == len(cases) == 8
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) > 0
    assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
    assert [case.get("classname") for case in cases[1:4]] == [f"calibrant.class.{name}" for name in (evil[0], "?right", evil[2])], "what steers a terminal is made harmless"
    assert "fit" in suite.find("testcase/failure").get("message")


def test_markdown(calibrant, rows) -> None:
    done = calibrant.run("check", *INPUT, "--max", "ece=0.01", "--markdown", "-")
    text = done.stdout.decode()
    assert done.returncode == FAIL and text.startswith("## Calibration gate: fails: ")
    assert "| metric | of | limit | value | bounds | outcome |" in text and "### What to do" in text


def test_a_file_of_limits(calibrant, rows) -> None:
    path = limits(calibrant, 'level = 0.9\nper_group = true\n\n[max]\nece = 0.3\nclasswise_ece = {limit = 0.2, per_class = true}\n\n[min]\naccuracy = 0.3\n')
    result = checked(calibrant, *INPUT, "--group", "country", "--limits", path, status=PASS)
    assert result["options"]["level"] == 0.9
    assert len(result["checks"]) == 3 * 3 + 3
    assert len(checked(calibrant, *INPUT, "--group", "country", "--limits", path, "--max", "brier=1.9", status=PASS)["checks"]) == 13
    assert "given twice" in calibrant.refusal("check", *INPUT, "--group", "country", "--limits", path, "--max", "ece=0.2", status=2)


BAD_FILES = {
    "[max]\necee = 0.1\n": r'line 2: got "ecee", expected the name of a metric; did you mean ece?',
    '[max]\n\nece = "0.1"\n': "line 3: ece is a text, expected a number",
    "[max]\nece = {limt = 0.1}\n": 'line 2: got the key "limt", expected one of limit, per_group, per_class; did you mean limit?',
    "[max]\nece = {per_class = true}\n": "line 2: ece has no limit",
    "[max]\nece = 3\n": "line 2: got 3 for ece, expected a number in [0, 1]; 3 % is 0.03",
    "[max]\naccuracy = 0.3\n": "line 2: got an upper limit for accuracy",
    "[max]\nsweep_ece = 0.3\n": "line 2: got sweep_ece, which has no interval to judge by",
    "[max]\nbrier = {limit = 0.3, per_class = true}\n": "line 2: got a limit per class for brier",
    "[maxi]\nece = 0.3\n": 'line 1: got the key "maxi", expected one of max, min',
    "max = 3\n": "line 1: max is not a table",
    "level = 95\n[max]\nece = 0.1\n": "line 1: level is 95",
    "[max]\nece = 0.1\nece = 0.2\n": "line 3: it is not TOML",
    "[max\n": "line 1: it is not TOML",
    '[max]\n"a\\u0000b" = 1\n': 'line 2: got "a?b", expected the name of a metric',
    "x = " + "[" * 5000: "line 1: it is not TOML",
    "[max]\nece = inf\n": "line 2: got inf for ece",
    "[max]\nece = 1979-05-27\n": "line 2: ece is a date",
    "": "line 1: it sets no limit",
    "per_group = 1\n[max]\nece = 0.1\n": "line 1: per_group is a number, expected true or false",
    "no_worse_than = 3\n": "line 1: no_worse_than is a number",
    "[margin]\nece = -1\n": "line 2: got a margin of -1",
}


@pytest.mark.parametrize("text", BAD_FILES, ids=range(len(BAD_FILES)))
def test_a_bad_file_of_limits(calibrant, rows, text: str) -> None:
    sentence = calibrant.refusal("check", *INPUT, "--limits", limits(calibrant, text))
    assert sentence.startswith("limits.toml: ") and BAD_FILES[text] in sentence, sentence


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((*INPUT,), 2, "no limit, expected --limits FILE"),
        (("--max", "ece=0.1"), 2, "no input"),
        ((*INPUT, "--max", "ecee=0.1"), 2, '--max: got "ecee", expected the name of a metric; did you mean ece?'),
        ((*INPUT, "--max", "ece"), 2, '--max: got "ece", expected a metric and a number'),
        ((*INPUT, "--max", "ece=x"), 2, '--max: got "ece=x"'),
        ((*INPUT, "--max", "ece=nan"), 2, "--max: got nan for ece"),
        ((*INPUT, "--min", "ece=0.1"), 2, "use max instead"),
        ((*INPUT, "--max", "ece=0.1", "--max", "ece=0.2"), 2, "given twice"),
        ((*INPUT, "--max", "ece=0.1", "--margin", "ece=0.2"), 2, "add --no-worse-than STATE"),
        ((*INPUT, "--max", "ece=0.1", "--per-group"), 2, "the rows have no groups"),
        ((*INPUT, "--max", "brier=0.1", "--per-class"), 2, "no limit has a meaning there"),
        ((*INPUT, "--max", "ece=0.1", "--level", "0.4"), 2, "above 0.5"),
        ((*INPUT, "rows.cstate", "--max", "ece=0.1"), 2, "states and predictions"),
        ((*INPUT, "--limits", "absent.toml"), 3, "absent.toml: cannot read the limits"),
        ((*INPUT, "--no-worse-than", "absent.cstate"), 3, "absent.cstate"),
        ((*INPUT, "--max", "ece=0.1", "--junit", "absent/x.xml"), 3, "absent/x.xml"),
        (("absent.csv", *PATTERN, "--max", "ece=0.1"), 3, "absent.csv"),
    ],
)
def test_refusals(calibrant, rows, arguments, status: int, words: str) -> None:
    assert words in calibrant.refusal("check", *arguments, status=status)


def test_states_give_the_outcome_of_their_rows(calibrant, rows) -> None:
    rows.rows(0, 900).csv(calibrant.folder / "a.csv")
    rows.rows(900, 2000).csv(calibrant.folder / "b.csv")
    for name in "ab":
        calibrant.output("evaluate", f"{name}.csv", *PATTERN, "--state", f"{name}.cstate", "--quiet")
    limit = ("--max", "ece=0.09", "--max", "classwise_ece=0.05", "--per-class")
    whole = calibrant.run("check", *INPUT, *limit, "--json", "-")
    parts = calibrant.run("check", "a.cstate", "b.cstate", *limit, "--json", "-")
    assert json.loads(whole.stdout)["checks"] == json.loads(parts.stdout)["checks"]
    assert "remove --bins" in calibrant.refusal("check", "a.cstate", "--bins", "10", *limit, status=2)


def test_no_worse_than_a_state(calibrant, predictions, rows) -> None:
    calibrated = predictions(rows=3000, seed=9)
    q = calibrated.scores ** (1 / 1.5)
    calibrated.scores = q / q.sum(axis=1, keepdims=True)
    calibrated.csv(calibrant.folder / "release.csv")
    calibrant.output("evaluate", "release.csv", *PATTERN, "--state", "release.cstate", "--quiet")
    calibrant.output("evaluate", *INPUT, "--state", "rows.cstate", "--quiet")
    worse = checked(calibrant, *INPUT, "--no-worse-than", "release.cstate", status=FAIL)
    assert [c["metric"] for c in worse["checks"]] == ["ece", "accuracy", "log_loss", "brier"]
    ece = worse["checks"][0]
    assert ece["rule"] == "no_worse" and ece["outcome"] == "fail" and ece["baseline"] is not None
    assert worse["data"]["baseline"][0]["path"] == "release.csv"
    checked(calibrant, "release.csv", *PATTERN, "--no-worse-than", "rows.cstate", status=PASS)
    assert len(checked(calibrant, *INPUT, "--max", "ece=0.3", "--no-worse-than", "release.cstate", status=FAIL)["checks"]) == 2
    checked(calibrant, *INPUT, "--no-worse-than", "release.cstate", "--margin", "ece=0.3", status=PASS)
    # A path in a file of limits starts where the file is.
    (calibrant.folder / "sub").mkdir()
    (calibrant.folder / "sub" / "limits.toml").write_text('no_worse_than = "../release.cstate"\n')
    checked(calibrant, *INPUT, "--limits", "sub/limits.toml", status=FAIL)
    (calibrant.folder / "gelöst é.cstate").write_bytes((calibrant.folder / "release.cstate").read_bytes())
    (calibrant.folder / "accents.toml").write_text('no_worse_than = "gelöst é.cstate"\n', encoding="utf-8")
    checked(calibrant, *INPUT, "--limits", "accents.toml", status=FAIL)
    calibrant.output("evaluate", "release.csv", *PATTERN, "--bins", "10", "--state", "other.cstate", "--quiet")
    assert "these rows: it was measured with 15 bins, but the baseline with 10 bins, expected as many" in calibrant.refusal(
        "check", *INPUT, "--no-worse-than", "other.cstate"
    )


def test_confidences_alone(calibrant) -> None:
    random = np.random.default_rng(2)
    confidence = random.uniform(0.4, 1, 2000)
    right = random.random(2000) < confidence
    lines = [f"{c!r},{int(a)}" for c, a in zip(confidence.tolist(), right, strict=True)]
    (calibrant.folder / "answers.csv").write_text("stated,ok\n" + "\n".join(lines) + "\n")
    arguments = ("answers.csv", "--confidence", "stated", "--correct", "ok")
    checked(calibrant, *arguments, "--max", "ece=0.06", "--min", "accuracy=0.6", status=PASS)
    assert "brier: it cannot be judged (needs the probabilities of all classes" in calibrant.refusal("check", *arguments, "--max", "brier=0.5")

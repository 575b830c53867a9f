"""The JSON result: it alone on standard output, valid by its published schema, the same numbers whatever way the rows took."""

import json
import math
import os
from pathlib import Path

import jsonschema
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "formats" / "evaluation.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
PATTERN = ("--probabilities", "--scores", "p_*")


CLASSWISE = {"classwise_ece", "classwise_ece_sum", "brier_calibration", "brier_refinement"}


def check(result: dict) -> dict:
    """Valid, and consistent where a schema cannot say so."""
    VALIDATOR.validate(result)
    for panel in (result, *result["groups"].values()):
        for name, metric in panel["metrics"].items():
            reasons = metric.get("reasons", {})
            for figure in ("interval", "expected_if_calibrated", "p_value"):
                absent = metric[figure] is None
                told = figure in reasons or metric["value"] is None
                assert told if absent else figure not in reasons, f"{name}.{figure}: null with a reason, or a number without"
            if metric["interval"] is not None:
                assert metric["interval"][0] <= metric["interval"][1], name
        bins = panel["reliability"]["top_label"]
        assert len(bins) == result["options"]["bins"]
        assert math.isclose(sum(each["count"] for each in bins), panel["weight"], rel_tol=1e-12)
        for each in bins:
            assert (each["count"] == 0) == (each["confidence"] is None) == (each["accuracy"] is None) == (each["interval"] is None)
        # Classes are told of where a metric about classes, or --per-class, asks for them.
        about_classes = CLASSWISE & panel["metrics"].keys() or "--per-class" in result["calibrant"]["command"]
        names = result["data"]["class_names"] if about_classes else []
        assert [each["name"] for each in panel["per_class"]] == names
    assert len(result["data"]["class_names"]) == result["data"]["classes"]
    return result


def figures(result: dict) -> dict:
    """What the rows alone decide."""
    return {key: result[key] for key in ("headline", "metrics", "reliability", "per_class", "groups", "warnings", "weight")}


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_refuses_other_things(calibrant, good) -> None:
    result = calibrant.evaluate("good.csv", *PATTERN)
    check(result)
    for path, value in (
        (("schema",), "calibrant/evaluation/2"),
        (("metrics", "ece", "value"), 1.5),
        (("metrics", "ece", "value"), None),
        (("metrics", "ece", "method"), None),
        (("metrics", "accuracy", "units"), "nats"),
        (("metrics", "ece", "interval"), [0.1]),
        (("data", "rows"), 0),
        (("data", "skipped"), {"unknown": 1}),
        (("reliability", "top_label", 0, "count"), -1),
    ):
        damaged = json.loads(json.dumps(result))
        place = damaged
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        assert list(VALIDATOR.iter_errors(damaged)), f"{path} = {value} passes"
    for key in SCHEMA["required"]:
        assert list(VALIDATOR.iter_errors({name: part for name, part in result.items() if name != key})), key


@pytest.mark.parametrize("options", [
    (), ("--per-class",), ("--metrics", "all"), ("--metrics", "ece"), ("--norm", "2.5"), ("--top-k", "2"), ("--coverage", "0.5", "--risk", "0.1"), ("--threshold", "0.999"), ("--bins", "1"), ("--bins", "1000"), ("--level", "0.5"),
    ("--log-floor", "1e-15"), ("--hash",), ("--threads", "1"), ("--on-invalid", "skip"), ("--renormalize",), ("--classes", "x,y,z", "--on-invalid", "skip"),
], ids=" ".join)
def test_is_valid_with_every_option(calibrant, predictions, options) -> None:
    table = predictions(rows=150)
    table.names = ["x", "y", "z"] if "--classes" in options else table.names
    table.csv(calibrant.folder / "x.csv")
    result = check(calibrant.evaluate("x.csv", *PATTERN, *options))
    if "--hash" in options:
        assert len(result["data"]["sources"][0]["sha256"]) == 64


@pytest.mark.parametrize(("rows", "classes"), [(1, 2), (1, 5), (2, 2), (3, 100), (40, 101), (300, 2), (500, 10)])
def test_is_valid_for_every_size(calibrant, predictions, rows: int, classes: int) -> None:
    predictions(rows=rows, classes=classes).parquet(calibrant.folder / "x.parquet")
    for options in ((), ("--per-class",)):
        result = check(calibrant.evaluate("x.parquet", *PATTERN, *options))
        shown = result["reliability"]["classes"]
        assert len(shown) == (classes if classes <= 100 or options else 0)
        assert all(("bins" in each) == (classes <= 100) for each in shown)
        for name in ("accuracy", "ece", "classwise_ece", "brier"):
            assert result["metrics"][name]["value"] is not None, name


@pytest.mark.parametrize("kind", ["frequency", "importance"])
def test_is_valid_with_weights_and_groups(calibrant, predictions, kind: str) -> None:
    table = predictions(rows=300)
    random = np.random.default_rng(3)
    table.extra = {"w": [round(float(w), 3) for w in random.exponential(size=300)], "g": [["north", "süd", ""][i] for i in random.integers(0, 3, 300)]}
    table.csv(calibrant.folder / "x.csv")
    result = check(calibrant.evaluate("x.csv", *PATTERN, "--weight", "w", "--weight-kind", kind, "--group", "g"))
    assert result["data"]["weights"] is True and result["options"]["weight_kind"] == kind
    assert set(result["groups"]) == {"north", "süd", "(missing)"}
    assert math.isclose(sum(group["weight"] for group in result["groups"].values()), result["weight"], rel_tol=1e-12)


def test_is_valid_from_a_state(calibrant, predictions) -> None:
    data = predictions(rows=120, classes=3)
    data.extra = {"g": ["x", "y", "z"] * 40, "w": [1.0, 0.5] * 60}
    data.csv(calibrant.folder / "x.csv")
    for options in ((), ("--group", "g"), ("--weight", "w", "--weight-kind", "importance"), ("--log-floor", "1e-9", "--bins", "7")):
        whole = check(calibrant.evaluate("x.csv", *PATTERN, *options, "--state", "x.cstate"))
        shown = check(calibrant.evaluate("--from-state", "x.cstate"))
        shown, whole = calibrant.what_states_keep(shown), calibrant.what_states_keep(whole)
        assert figures(shown) == figures(whole)
        assert {key: part for key, part in shown.items() if key != "calibrant"} == {key: part for key, part in whole.items() if key != "calibrant"}
        check(calibrant.evaluate("--from-state", "x.cstate", "--metrics", "all", "--level", "0.8", "--norm", "2", "--per-class"))


def test_constant_scores_and_empty_classes_are_defined(calibrant) -> None:
    (calibrant.folder / "x.csv").write_text("p_a,p_b,p_c,label\n" + "0.5,0.25,0.25,a\n" * 10)
    result = check(calibrant.evaluate("x.csv", *PATTERN))
    assert result["metrics"]["accuracy"]["value"] == 1
    assert result["metrics"]["ece"]["value"] == 0.5
    assert {"few_rows", "empty_classes"} <= {warning["code"] for warning in result["warnings"]}


def test_an_infinite_loss_is_null_with_its_reason(calibrant) -> None:
    (calibrant.folder / "x.csv").write_text("p_a,p_b,label\n" + "1,0,a\n" * 5 + "1,0,b\n" * 2)
    result = check(calibrant.evaluate("x.csv", *PATTERN))
    loss = result["metrics"]["log_loss"]
    assert loss["value"] is None and loss["reason"].startswith("infinite: 2 rows give")
    floored = check(calibrant.evaluate("x.csv", *PATTERN, "--log-floor", "1e-15"))["metrics"]["log_loss"]["value"]
    assert floored == pytest.approx(-2 / 7 * math.log(1e-15), rel=1e-14)


@settings(max_examples=int(os.environ.get("CALIBRANT_EXAMPLES", "60")), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), classes=st.integers(2, 6))
def test_any_rows_give_a_valid_result_or_a_refusal(calibrant, data, classes: int) -> None:
    number = st.one_of(st.floats(0, 1), st.floats(width=32), st.sampled_from([0.0, 1.0, 0.5, 1 + 1e-7, math.nan, math.inf, -0.0, 5e-324]))
    row = st.tuples(st.lists(number, min_size=classes, max_size=classes), st.integers(0, classes), st.floats(0, 9) | st.integers(0, 3))
    rows = data.draw(st.lists(row, max_size=12))
    columns = {f"p_{k}": pa.array([r[0][k] for r in rows], pa.float64()) for k in range(classes)}
    columns |= {"label": pa.array([r[1] for r in rows], pa.int64()), "w": pa.array([float(r[2]) for r in rows], pa.float64())}
    pq.write_table(pa.table(columns), calibrant.folder / "any.parquet")
    options = data.draw(st.sampled_from([PATTERN, (*PATTERN, "--renormalize"), ("--logits", "--scores", "p_*"), (*PATTERN, "--log-floor", "1e-9")]))
    weights = data.draw(st.sampled_from([(), ("--weight", "w"), ("--weight", "w", "--weight-kind", "importance")]))
    done = calibrant.run("evaluate", "any.parquet", *options, *weights, "--on-invalid", "skip", "--json", "-")
    if done.returncode == 0:
        check(json.loads(done.stdout))
    else:
        assert done.returncode == 3, done.stderr.decode()
        assert b"no rows" in done.stderr or b"weight 0" in done.stderr


def test_a_denormal_probability_is_a_probability(calibrant) -> None:
    (calibrant.folder / "x.csv").write_text("p_a,p_b,p_c,p_d,label,w\n0,0,1,2.2250738585e-313,a,1.5\n")
    result = check(calibrant.evaluate("x.csv", *PATTERN, "--weight", "w"))
    assert result["metrics"]["classwise_ece"]["p_value"] == 0


@pytest.mark.parametrize("weight", ["1e-100", "1e60"])
@pytest.mark.parametrize("kind", ["frequency", "importance"])
def test_the_smallest_and_largest_weights_give_numbers(calibrant, weight: str, kind: str) -> None:
    rows = [f"0,0.9999999999999999,a,{weight}", f"0.25,0.75,b,{weight}", f"0.25,0.75,a,{weight}"] * 400
    (calibrant.folder / "x.csv").write_text("\n".join(["p_a,p_b,label,w", *rows]) + "\n")
    check(calibrant.evaluate("x.csv", *PATTERN, "--weight", "w", "--weight-kind", kind, "--metrics", "all"))


def test_numbers_read_back_exactly(calibrant, good) -> None:
    text = calibrant.output("evaluate", "good.csv", *PATTERN, "--json", "-")
    for value in json.loads(text, parse_float=lambda digits: digits)["metrics"]["ece"]["interval"]:
        assert repr(float(value)) == value or float(repr(float(value))) == float(value)
    assert "NaN" not in text and "Infinity" not in text
    # The shortest text: one digit less is another number.
    accuracy = json.loads(text, parse_float=str)["metrics"]["mean_confidence"]["value"]
    assert float(accuracy[:-1]) != float(accuracy)


def test_standard_output_is_only_json(calibrant, good) -> None:
    for options in ((), ("--markdown", "x.md"), ("--state", "x.cstate"), ("--quiet",)):
        text = calibrant.output("evaluate", "good.csv", *PATTERN, "--json", "-", *options)
        assert text.startswith("{\n") and text.endswith("}\n")
        json.loads(text)
    assert calibrant.output("evaluate", "good.csv", *PATTERN, "--json", "/dev/stdout").startswith("{\n")


def test_the_file_holds_what_standard_output_gets(calibrant, good) -> None:
    shown = calibrant.evaluate("good.csv", *PATTERN)
    panel = calibrant.output("evaluate", "good.csv", *PATTERN, "--json", "x.json")
    assert "Metrics" in panel
    assert figures(json.loads((calibrant.folder / "x.json").read_text())) == figures(shown)


def test_names_of_any_text(calibrant) -> None:
    names = ['quo"te', "back\\slash", "new\nline", "tab\t", "naïve", "東京", "𝄞", " ", "\u2028", "a" * 300]
    columns = {f"p_{name}": [1 / len(names)] * 3 for name in names} | {"label": names[:3], "g": ['"', "\\", "\n"]}
    pq.write_table(pa.table(columns), calibrant.folder / "x.parquet")
    result = check(calibrant.evaluate("x.parquet", *PATTERN, "--group", "g"))
    assert result["data"]["class_names"] == names
    assert set(result["groups"]) == {'"', "\\", "\n"}


def test_a_path_that_is_no_utf8(calibrant, good) -> None:
    (calibrant.folder / os.fsdecode(b"bad\xff.csv")).write_bytes(good.read_bytes())
    result = check(calibrant.evaluate(os.fsdecode(b"bad\xff.csv"), *PATTERN))
    assert result["data"]["sources"][0]["path"] == "bad\ufffd.csv"


def test_every_kind_of_input_keeps_the_schema(calibrant, predictions) -> None:
    data = predictions(rows=120)
    top = data.scores.argmax(axis=1)
    shares = np.random.default_rng(5).dirichlet(np.ones(3), size=120)
    data.extra = {"conf": data.scores.max(axis=1).tolist(), "pred": [data.names[k] for k in top], "ok": [int(x) for x in top == data.labels], "g": ["a", "b"] * 60}
    data.extra |= {f"q_{name}": shares[:, k].tolist() for k, name in enumerate(data.names)}
    data.csv(calibrant.folder / "x.csv")
    for options in (("--confidence", "conf", "--correct", "ok"), ("--confidence", "conf", "--prediction", "pred"), (*PATTERN, "--soft-labels", "q_*")):
        result = calibrant.evaluate("x.csv", *options, "--group", "g", "--metrics", "all", "--per-class")
        VALIDATOR.validate(result)
        for panel in (result, *result["groups"].values()):
            for name, metric in panel["metrics"].items():
                for figure in ("interval", "expected_if_calibrated", "p_value"):
                    absent = metric[figure] is None
                    assert absent == (figure in metric.get("reasons", {}) or metric["value"] is None), f"{name}.{figure}"
    for result in json.loads(calibrant.output("evaluate", "x.csv", "x.csv", "--each", *PATTERN, "--json", "-")):
        check(result)

"""--bootstrap: replicates of the rows, keyed by position or by --id."""

import json

import numpy as np
import pytest

PATTERN = ("--probabilities", "--scores", "p_*")
FEW = ("--metrics", "accuracy,ece,log_loss,brier,classwise_ece,aurc,skce")


def replicated(result: dict) -> str:
    return json.dumps({name: metric["bootstrap"] for name, metric in result["metrics"].items()})


@pytest.fixture
def data(calibrant, predictions):
    rows = predictions(rows=600, classes=3, seed=4)
    rows.extra = {"id": [f"patient {i}" for i in range(600)]}
    rows.csv(calibrant.folder / "x.csv")
    return rows


def test_result_says_what_the_replicates_say(calibrant, data) -> None:
    result = calibrant.evaluate("x.csv", *PATTERN, *FEW, "--bootstrap", "1000", "--seed", "7")
    assert (result["options"]["bootstrap"], result["options"]["seed"]) == (1000, 7)
    accuracy = result["metrics"]["accuracy"]
    found = accuracy["bootstrap"]
    binomial = (accuracy["value"] * (1 - accuracy["value"]) / 600) ** 0.5
    assert found["standard_error"] == pytest.approx(binomial, rel=0.12), "five standard errors of 1,000 replicates"
    ends = [accuracy["value"] - 1.96 * binomial, accuracy["value"] + 1.96 * binomial]
    assert found["interval"] == pytest.approx(ends, abs=0.4 * binomial)
    assert (found["method"], found["without_value"]) == ("row bootstrap, bias-corrected percentiles", 0)
    assert result["metrics"]["skce"]["bootstrap"]["interval"] is None
    assert "not drawn for it" in result["metrics"]["skce"]["bootstrap"]["reason"]


def test_without_it_nothing_is_drawn(calibrant, data) -> None:
    result = calibrant.evaluate("x.csv", *PATTERN, *FEW)
    assert result["options"]["bootstrap"] == 0
    assert all("bootstrap" not in metric for metric in result["metrics"].values())


def test_values_stay_as_they_are(calibrant, data) -> None:
    plain = calibrant.evaluate("x.csv", *PATTERN)["metrics"]
    drawn = calibrant.evaluate("x.csv", *PATTERN, "--bootstrap", "20")["metrics"]
    for name, metric in drawn.items():
        metric.pop("bootstrap")
        assert metric == plain[name], name


def test_seed_alone_decides_the_draw(calibrant, data) -> None:
    first = replicated(calibrant.evaluate("x.csv", *PATTERN, *FEW, "--bootstrap", "100"))
    assert replicated(calibrant.evaluate("x.csv", *PATTERN, *FEW, "--bootstrap", "100", "--threads", "1", "--seed", "0")) == first
    assert replicated(calibrant.evaluate("x.csv", *PATTERN, *FEW, "--bootstrap", "100", "--seed", "1")) != first


def test_rows_with_ids_may_stand_in_any_order_and_file(calibrant, data) -> None:
    options = (*PATTERN, *FEW, "--bootstrap", "100")
    by_position = replicated(calibrant.evaluate("x.csv", *options))
    by_id = replicated(calibrant.evaluate("x.csv", *options, "--id", "id"))
    assert by_id != by_position
    head, *rows = (calibrant.folder / "x.csv").read_text().splitlines()
    order = np.random.default_rng(1).permutation(len(rows))
    for name, part in (("1.csv", order[:250]), ("2.csv", order[250:])):
        (calibrant.folder / name).write_text("\n".join([head, *(rows[i] for i in part)]) + "\n")
    assert replicated(calibrant.evaluate("2.csv", "1.csv", *options, "--id", "id")) == by_id
    assert replicated(calibrant.evaluate("2.csv", "1.csv", *options)) != by_position
    joined = (*options, "--labels", "x.csv", "--id", "id")
    assert replicated(calibrant.evaluate("2.csv", "1.csv", *joined)) == by_id


def test_rows_with_one_id_are_drawn_together(calibrant, data) -> None:
    """Each row four times under its id holds no more than the rows once; as rows of their own they seem to hold four times as much."""
    head, *rows = (calibrant.folder / "x.csv").read_text().splitlines()
    (calibrant.folder / "four.csv").write_text("\n".join([head, *(row for row in rows for _ in range(4))]) + "\n")
    options = (*PATTERN, "--metrics", "accuracy,log_loss", "--bootstrap", "300")
    once = calibrant.evaluate("x.csv", *options, "--id", "id")["metrics"]
    together = calibrant.evaluate("four.csv", *options, "--id", "id")["metrics"]
    apart = calibrant.evaluate("four.csv", *options)["metrics"]
    for name in once:
        error = once[name]["bootstrap"]["standard_error"]
        assert together[name]["bootstrap"]["standard_error"] == pytest.approx(error, rel=1e-9)
        assert apart[name]["bootstrap"]["standard_error"] == pytest.approx(error / 2, rel=0.25)


def test_each_group_and_file_has_its_own(calibrant, data) -> None:
    data.extra["g"] = ["a" if i % 3 else "b" for i in range(600)]
    data.csv(calibrant.folder / "g.csv")
    result = calibrant.evaluate("g.csv", *PATTERN, "--metrics", "accuracy", "--group", "g", "--bootstrap", "50")
    errors = [group["metrics"]["accuracy"]["bootstrap"]["standard_error"] for group in result["groups"].values()]
    assert len(errors) == 2 and all(error > 0 for error in errors)
    assert result["metrics"]["accuracy"]["bootstrap"]["standard_error"] < min(errors)
    for panel in calibrant.evaluate("g.csv", "x.csv", *PATTERN, "--metrics", "accuracy", "--each", "--bootstrap", "50"):
        assert panel["metrics"]["accuracy"]["bootstrap"]["standard_error"] > 0


def test_tables_have_a_column_of_it(calibrant, data) -> None:
    options = ("x.csv", *PATTERN, "--metrics", "accuracy,ece")
    assert "by bootstrap" not in calibrant.output("evaluate", *options)
    drawn = calibrant.evaluate(*options, "--bootstrap", "200")["metrics"]["accuracy"]["bootstrap"]["interval"]
    shown = calibrant.output("evaluate", *options, "--bootstrap", "200")
    assert "by bootstrap" in shown
    assert all(f"{100 * end:.2f}" in shown for end in drawn)
    assert "by bootstrap" in calibrant.output("evaluate", *options, "--bootstrap", "200", "--markdown", "-")


def test_an_absent_id_is_refused(calibrant, data) -> None:
    data.extra["id"][17] = ""
    data.csv(calibrant.folder / "x.csv")
    assert "x.csv: row 17 has no id" in calibrant.refusal("evaluate", "x.csv", *PATTERN, "--bootstrap", "20", "--id", "id")

"""calibrant compare: the same rows of several models; what matches rows, what the numbers do not depend on, what is refused."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "formats" / "comparison.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
PATTERN = ("--probabilities", "--scores", "p_*")


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.fixture
def models(calibrant, predictions):
    """a.csv, and b.csv that is calibrated and better; the same 400 rows."""
    a = predictions(rows=400, seed=5)
    b = predictions(rows=400, seed=5)
    b.scores = softmax(np.log(a.scores) / 1.5 + np.random.default_rng(1).normal(size=a.scores.shape) * 0.1)
    for model in (a, b):
        model.extra = {"id": [f"row {i}" for i in range(400)]}
    a.csv(calibrant.folder / "a.csv")
    b.csv(calibrant.folder / "b.csv")
    return a, b


def reordered(model, order):
    other = model.rows(0, 0)
    other.scores, other.labels = model.scores[order], model.labels[order]
    other.extra = {name: [values[i] for i in order] for name, values in model.extra.items()}
    return other


def compared(calibrant, *arguments: str) -> dict:
    result = json.loads(calibrant.output("compare", *arguments, "--json", "-"))
    VALIDATOR.validate(result)
    for pair in result["pairs"]:
        for name, d in pair["differences"].items():
            for figure in ("value", "standard_error", "interval", "p_value", "adjusted_p_value"):
                assert (d[figure] is None) == (figure in d.get("reasons", {})), f"{name}.{figure}: null with a reason, or a number without"
    return result


def numbers(result: dict) -> tuple:
    """What was measured, without names."""
    return [pair["differences"] for pair in result["pairs"]], [model["metrics"] for model in result["models"]]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_models_have_the_numbers_of_evaluate(calibrant, models) -> None:
    result = compared(calibrant, "a.csv", "b.csv", *PATTERN)
    for model in result["models"]:
        alone = calibrant.evaluate(model["name"], *PATTERN, "--metrics", "log_loss,brier,accuracy,ece,ece_l2_debiased")["metrics"]
        for name, metric in model["metrics"].items():
            assert (metric["value"], metric["interval"]) == (alone[name]["value"], alone[name]["interval"])
    for name in ("log_loss", "brier", "accuracy", "ece"):
        first, second = (model["metrics"][name]["value"] for model in result["models"])
        assert result["pairs"][0]["differences"][name]["value"] == pytest.approx(second - first, abs=1e-12)
    squares = [calibrant.evaluate(name, *PATTERN)["metrics"]["ece_l2_debiased"]["details"]["signed_square"] for name in ("a.csv", "b.csv")]
    assert result["pairs"][0]["differences"]["ece_l2_squared"]["value"] == pytest.approx(squares[1] - squares[0], abs=1e-15)


def test_the_verdict_comes_first(calibrant, models) -> None:
    text = calibrant.output("compare", "a.csv", "b.csv", *PATTERN)
    assert text.startswith("  b.csv is better than a.csv in ")
    assert "b.csv minus a.csv" in text and "adjusted" in text
    assert calibrant.output("compare", "b.csv", "a.csv", *PATTERN).startswith("  a.csv is worse than b.csv in ")


def test_markdown(calibrant, models) -> None:
    text = calibrant.output("compare", "a.csv", "b.csv", *PATTERN, "--markdown", "-")
    assert text.startswith("## Comparison of 2 models\n\n- b.csv is better than a.csv in ")
    assert "| metric | difference | 95 % interval | p-value | adjusted |" in text


@pytest.mark.parametrize("width", [40, 60, 80, 160])
def test_nothing_is_wider_than_the_window(calibrant, models, width: int) -> None:
    text = calibrant.output("compare", "a.csv", "b.csv", *PATTERN, environment={"COLUMNS": str(width)})
    assert max(map(len, text.splitlines())) <= width


def test_ids_match_rows_in_any_order(calibrant, models) -> None:
    _, b = models
    order = np.random.default_rng(3).permutation(400)
    reordered(b, order).csv(calibrant.folder / "shuffled.csv")
    straight = compared(calibrant, "a.csv", "b.csv", *PATTERN, "--id", "id")
    assert straight["data"]["by_id"] is True
    assert numbers(compared(calibrant, "a.csv", "shuffled.csv", *PATTERN, "--id", "id")) == numbers(straight)
    by_position = compared(calibrant, "a.csv", "b.csv", *PATTERN)
    assert by_position["pairs"][0]["differences"]["brier"]["value"] == pytest.approx(straight["pairs"][0]["differences"]["brier"]["value"], abs=1e-14)


def test_columns_may_stand_in_another_order(calibrant, models) -> None:
    _, b = models
    other = b.rows(0, 400)
    order = [2, 0, 1]
    other.scores, other.labels = b.scores[:, order], np.array([order.index(y) for y in b.labels])
    other.names = [b.names[k] for k in order]
    other.csv(calibrant.folder / "columns.csv")
    assert numbers(compared(calibrant, "a.csv", "columns.csv", *PATTERN)) == numbers(compared(calibrant, "a.csv", "b.csv", *PATTERN))


def test_threads_and_formats_leave_no_trace(calibrant, models) -> None:
    _, b = models
    b.parquet(calibrant.folder / "b.parquet")
    straight = numbers(compared(calibrant, "a.csv", "b.csv", *PATTERN))
    assert numbers(compared(calibrant, "a.csv", "b.parquet", *PATTERN, "--threads", "1")) == straight
    assert numbers(compared(calibrant, "a.csv", "b.csv", *PATTERN, "--seed", "1")) != straight


def test_kinds_may_differ(calibrant, models) -> None:
    _, b = models
    b.scores = np.log(b.scores)
    b.csv(calibrant.folder / "logits.csv")
    result = compared(calibrant, "a.csv", "logits.csv", "--kinds", "probabilities,logits", "--scores", "p_*")
    assert [model["input"] for model in result["models"]] == ["probabilities", "logits"]
    expected = compared(calibrant, "a.csv", "b.csv", *PATTERN)
    for name, d in result["pairs"][0]["differences"].items():
        assert d["value"] == pytest.approx(expected["pairs"][0]["differences"][name]["value"], abs=1e-6)


def test_labels_in_a_file_of_their_own(calibrant, models) -> None:
    a, b = models
    for name, model in (("a", a), ("b", b)):
        np.save(calibrant.folder / f"{name}.npy", model.scores)
    np.save(calibrant.folder / "labels.npy", a.labels)
    result = compared(calibrant, "a.npy", "b.npy", "--probabilities", "--labels", "labels.npy")
    assert numbers(result) == numbers(compared(calibrant, "a.csv", "b.csv", *PATTERN))


def test_weights_are_repetition(calibrant, models) -> None:
    a, b = models
    times = np.random.default_rng(2).integers(0, 4, 400)
    order = np.repeat(np.arange(400), times)
    for name, model in (("a", a), ("b", b)):
        reordered(model, order).csv(calibrant.folder / f"{name}_long.csv")
        model.extra["w"] = times.tolist()
        model.csv(calibrant.folder / f"{name}.csv")
    weighted = compared(calibrant, "a.csv", "b.csv", *PATTERN, "--weight", "w")["pairs"][0]["differences"]
    long = compared(calibrant, "a_long.csv", "b_long.csv", *PATTERN)["pairs"][0]["differences"]
    for name in ("log_loss", "brier", "accuracy"):
        for figure in ("value", "standard_error", "p_value"):
            assert weighted[name][figure] == pytest.approx(long[name][figure], rel=1e-9, abs=1e-13)


def test_confidences_alone(calibrant) -> None:
    lines = [f"{0.5 + i % 50 / 100},{0.6 + i % 40 / 100},{i % 2},{int(i % 3 == 0)}" for i in range(120)]
    for name, confidence, correct in (("a", 0, 2), ("b", 1, 3)):
        rows = [",".join(line.split(",")[i] for i in (confidence, correct)) for line in lines]
        (calibrant.folder / f"{name}.csv").write_text("\n".join(["stated,ok", *rows]) + "\n")
    result = compared(calibrant, "a.csv", "b.csv", "--confidence", "stated", "--correct", "ok")
    differences = result["pairs"][0]["differences"]
    assert differences["log_loss"]["value"] is None and "all classes" in differences["log_loss"]["reasons"]["value"]
    assert differences["accuracy"]["value"] == pytest.approx(40 / 120 - 60 / 120)
    assert result["options"]["tests"] == 2


def test_infinite_losses_are_said_aloud(calibrant) -> None:
    (calibrant.folder / "a.csv").write_text("p_x,p_y,label\n" + "0.4,0.6,y\n" * 20)
    (calibrant.folder / "b.csv").write_text("p_x,p_y,label\n1,0,y\n" + "0.3,0.7,y\n" * 19)
    result = compared(calibrant, "a.csv", "b.csv", *PATTERN)
    assert result["pairs"][0]["differences"]["log_loss"]["reasons"]["value"] == "infinite: the loss of the model alone is infinite on 1 row"
    assert "infinite_difference" in [warning["code"] for warning in result["warnings"]]
    assert compared(calibrant, "a.csv", "b.csv", *PATTERN, "--log-floor", "1e-9")["pairs"][0]["differences"]["log_loss"]["value"] > 0


def test_rows_that_one_file_lacks_are_left_out_of_all(calibrant, models) -> None:
    text = (calibrant.folder / "b.csv").read_text().splitlines()
    text[8] = "nan," + text[8].partition(",")[2]
    (calibrant.folder / "b.csv").write_text("\n".join(text) + "\n")
    assert calibrant.refusal("compare", "a.csv", "b.csv", *PATTERN).startswith("b.csv: row 7 ")
    result = compared(calibrant, "a.csv", "b.csv", *PATTERN, "--on-invalid", "skip")
    assert (result["data"]["rows"], result["data"]["left_out"]) == (399, 1)


def test_all_pairs(calibrant, models) -> None:
    pairs = [(pair["baseline"], pair["model"]) for pair in compared(calibrant, "a.csv", "b.csv", "a.csv", *PATTERN, "--all-pairs")["pairs"]]
    assert pairs == [("a.csv", "b.csv"), ("a.csv", "a.csv"), ("b.csv", "a.csv")]


def test_other_rows_are_refused(calibrant, models, predictions) -> None:
    _, b = models
    swapped = np.arange(400)
    first, second = 0, int(np.flatnonzero(b.labels != b.labels[0])[0])
    swapped[[first, second]] = swapped[[second, first]]
    reordered(b, swapped).csv(calibrant.folder / "swapped.csv")
    names = b.names
    sentence = calibrant.refusal("compare", "a.csv", "swapped.csv", *PATTERN)
    assert sentence.startswith(f'swapped.csv: row 0 has the label "{names[b.labels[second]]}", but row 0 of a.csv has "{names[b.labels[0]]}", ')
    b.rows(0, 399).csv(calibrant.folder / "short.csv")
    assert calibrant.refusal("compare", "a.csv", "short.csv", *PATTERN).startswith("short.csv: has 399 rows, but a.csv has 400, ")
    assert calibrant.refusal("compare", "a.csv", "short.csv", *PATTERN, "--id", "id").startswith('a.csv: row 399 has the id "row 399", which short.csv does not hold, ')
    assert calibrant.refusal("compare", "short.csv", "b.csv", *PATTERN, "--id", "id").startswith('b.csv: row 399 has the id "row 399", which short.csv does not hold, ')
    reordered(b, [*range(399), 17]).csv(calibrant.folder / "twice.csv")
    assert calibrant.refusal("compare", "a.csv", "twice.csv", *PATTERN, "--id", "id").startswith('twice.csv: row 399 has the id "row 17" again, ')
    predictions(rows=400, classes=4).csv(calibrant.folder / "four.csv")
    assert calibrant.refusal("compare", "a.csv", "four.csv", *PATTERN).startswith("four.csv: its classes are c0, c1, c2, c3, but those of a.csv are c0, c1, c2, ")


def test_files_of_many_batches_stay_in_step(calibrant, predictions) -> None:
    """Formats hand out rows in batches of other sizes; what differs is found at its row."""
    a, b = predictions(rows=70_000, seed=1), predictions(rows=70_000, seed=1)
    a.csv(calibrant.folder / "a.csv")
    b.scores = softmax(np.log(b.scores) * 0.8)
    b.parquet(calibrant.folder / "b.parquet", row_group_size=9_973)
    result = compared(calibrant, "a.csv", "b.parquet", *PATTERN, "--bootstrap", "2")
    rows = np.arange(70_000)
    difference = np.log(a.scores[rows, a.labels]) - np.log(b.scores[rows, b.labels])
    assert result["pairs"][0]["differences"]["log_loss"]["value"] == pytest.approx(difference.mean(), abs=1e-12)
    b.labels = b.labels.copy()
    b.labels[50_001] = (b.labels[50_001] + 1) % 3
    b.parquet(calibrant.folder / "b.parquet", row_group_size=9_973)
    assert calibrant.refusal("compare", "a.csv", "b.parquet", *PATTERN).startswith("b.parquet: row 50001 has the label ")


@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        (("a.csv", *PATTERN), "compare: got 1 file of predictions, expected at least two"),
        (("a.csv", "b.csv", *PATTERN, "--kinds", "logits,logits"), "--kinds says what the scores of each file are, but --probabilities says it of all"),
        (("a.csv", "b.csv", "--kinds", "logits"), "--kinds: got 1 for 2 files"),
        (("a.csv", "b.csv", "--kinds", "logits,odds"), '--kinds: got "odds", expected probabilities or logits'),
        (("a.csv", "b.csv", *PATTERN, "--weight-kind", "importance"), "--weight-kind says what weights mean, but there are none"),
    ],
)
def test_wrong_command_lines(calibrant, models, arguments, begins: str) -> None:
    assert calibrant.refusal("compare", *arguments, status=2).startswith(begins)

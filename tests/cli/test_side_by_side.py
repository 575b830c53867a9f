"""--each: every file on its own, side by side in text, an array in JSON; the same numbers as separate runs."""

import json
import re

import pytest

PATTERN = ("--probabilities", "--scores", "p_*")


@pytest.fixture
def files(calibrant, predictions) -> list[str]:
    return [predictions(rows=rows, seed=rows).csv(calibrant.folder / f"{rows}.csv").name for rows in (250, 300, 350)]


def without_command(result: dict) -> dict:
    return {key: value for key, value in result.items() if key != "calibrant"}


def test_each_is_a_run_of_its_own(calibrant, files) -> None:
    options = (*PATTERN, "--bins", "10", "--norm", "2")
    together = json.loads(calibrant.output("evaluate", *files, "--each", *options, "--json", "-"))
    assert [each["data"]["sources"][0]["path"] for each in together] == files
    assert [without_command(each) for each in together] == [without_command(calibrant.evaluate(name, *options)) for name in files]


def test_one_file_is_an_array_as_well(calibrant, files) -> None:
    assert len(json.loads(calibrant.output("evaluate", files[0], "--each", *PATTERN, "--json", "-"))) == 1


def test_files_may_have_other_classes(calibrant, predictions) -> None:
    names = [predictions(classes=classes).csv(calibrant.folder / f"{classes}.csv").name for classes in (2, 5)]
    results = json.loads(calibrant.output("evaluate", *names, "--each", *PATTERN, "--json", "-"))
    assert [each["data"]["classes"] for each in results] == [2, 5]


def test_the_columns_of_the_panel(calibrant, files) -> None:
    text = calibrant.output("evaluate", *files, "--each", *PATTERN, environment={"COLUMNS": "100"})
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("  metric"))
    assert head.split() == ["metric", *files]
    separate = [calibrant.evaluate(name, *PATTERN)["metrics"]["accuracy"] for name in files]
    place = next(i for i, line in enumerate(lines) if line.startswith("  Accuracy "))
    assert lines[place].split() == ["Accuracy", *(word for each in separate for word in (f"{100 * each['value']:.2f}", "%"))]
    assert lines[place + 1].split() == [word for each in separate for word in (f"{100 * each['interval'][0]:.2f}", "to", f"{100 * each['interval'][1]:.2f}")]
    for name in files:
        assert re.search(rf"^  {name}: [a-z-]+", text, re.MULTILINE), "its verdict"


@pytest.mark.parametrize("width", [40, 60, 80, 160])
def test_every_file_stands_once_at_every_width(calibrant, files, width: int) -> None:
    text = calibrant.output("evaluate", *files, "--each", *PATTERN, environment={"COLUMNS": str(width)})
    heads = [name for line in text.splitlines() if line.startswith("  metric") for name in line.split()[1:]]
    assert heads == files
    assert max(map(len, text.splitlines())) <= width


def test_long_names_keep_their_end(calibrant, predictions) -> None:
    folder = calibrant.folder / "a_long_name_of_a_folder" / "and_another_one_below"
    folder.mkdir(parents=True)
    names = [str(predictions().csv(folder / f"fold_{i}.csv").relative_to(calibrant.folder)) for i in (1, 2)]
    text = calibrant.output("evaluate", *names, "--each", *PATTERN)
    head = next(line for line in text.splitlines() if line.startswith("  metric"))
    assert [name.startswith("...") and name.endswith(f"fold_{i}.csv") for i, name in enumerate(head.split()[1:], 1)] == [True, True]


def test_markdown(calibrant, files) -> None:
    text = calibrant.output("evaluate", *files, "--each", *PATTERN, "--markdown", "-")
    assert "| metric | 250.csv | 300.csv | 350.csv |" in text
    row = next(line for line in text.splitlines() if line.startswith("| ECE (top label)"))
    assert len(re.findall(r"\d+\.\d+ % \(\d+\.\d+ to \d+\.\d+\)", row)) == 3


def test_one_bad_file_refuses_all(calibrant, files) -> None:
    (calibrant.folder / "bad.csv").write_text("p_a,p_b,label\n0.5,0.7,a\n")
    assert calibrant.refusal("evaluate", files[0], "bad.csv", "--each", *PATTERN, "--json", "out.json").startswith("bad.csv: row 0 sums to 1.2")

"""Numbers in the prose of pages that show output are numbers of that output."""

import re
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

REPOSITORY = Path(__file__).parents[2]
PAGES = [
    *(REPOSITORY / "docs" / name for name in ("index.md", "tutorial.md")),
    *(path for path in sorted((REPOSITORY / "docs/how-to").glob("*.md")) if "```console" in path.read_text(encoding="utf-8")),
]
BLOCK = re.compile(r"^```\w+\n.*?^```$", re.DOTALL | re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.\-/])\d+\.\d+(?![\w.]*\w)")
# Definitions, arithmetic that the page shows, and figures of other papers; the latter are tested in tests/cli/test_published_numbers.py.
STATED = {
    "how-to/compare-with-a-paper.md": {"0.8", "0.9", "0.95", "0.975", "0.5", "0.475", "0.525", "0.05", "0.99999999", "1.2", "7.58", "0.055003", "0.333955", "0.428207", "0.012738"},
    "how-to/gate.md": {"1.7", "0.05", "0.02"},
    "how-to/logits.md": {"1.0", "0.0", "0.9999999", "0.99"},
}


def is_shown(number: str, output: list[float]) -> bool:
    decimals = len(number.split(".")[1])
    return any(round(value, decimals) == float(number) for value in output)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_numbers_of_the_prose_are_in_the_output(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    output = [float(found) for found in re.findall(r"\d+(?:\.\d+)?", " ".join(BLOCK.findall(text)))]
    prose = re.sub(r"`[^`]*`|\]\([^)]*\)", "", BLOCK.sub("", text))
    numbers = set(NUMBER.findall(prose)) - STATED.get(str(path.relative_to(REPOSITORY / "docs")), set())
    assert {number for number in numbers if not is_shown(number, output)} == set()


def test_the_tables_of_digits_are_those_of_the_demo(tmp_path: Path) -> None:
    """To a thousandth: solvers differ a little between processors."""
    subprocess.run([sys.executable, REPOSITORY / "examples/digits/demo.py", "--csv", "--output", tmp_path], check=True)
    for name in ("naive_bayes.csv", "logistic_regression.csv"):
        kept, made = (numpy.loadtxt(folder / name, delimiter=",", skiprows=1) for folder in (REPOSITORY / "examples/digits", tmp_path))
        numpy.testing.assert_allclose(made, kept, rtol=0, atol=1e-3)

"""Measured coverage and size, read from the tables that the slow tests write into docs/statistics/.

A column is about the metrics that its heading names, separated by commas: "rmsce, ece_l2_debiased" under a heading that starts with "Coverage", "ece .05"
under one that starts with "Size". Columns with other headings are for people. A table whose first column is "metric" has a metric per row instead, and its
columns name the number of rows: "truth 0.03, n = 2000" under "Coverage", "size .05, n = 2000" under "Size". "-" is no figure.
"""

import re

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Measured:
    """Per number of rows n, one figure for each population that was simulated."""

    coverage: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    size: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    pages: list[str] = field(default_factory=list)


def tables(text: str) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Every table of a page: the heading above it, its column names, its rows."""
    heading, lines = "", []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            lines.append([cell.strip() for cell in line.strip().strip("|").split("|")])
            continue
        if len(lines) > 2:
            yield heading, lines[0], lines[2:]
        lines = []
        if line.startswith("#"):
            heading = line.lstrip("# ")


N = re.compile(r"n = (\d+)$")


def by_row(kind: str, columns: list[str], rows: list[list[str]]) -> Iterator[tuple[str, int, float]]:
    """Name, n and figure of every cell of a table with a metric per row."""
    for index, column in enumerate(columns):
        n = N.search(column)
        if n is None or not column.startswith("truth" if kind == "coverage" else "size"):
            continue
        yield from ((row[0], int(n[1]), float(row[index])) for row in rows if row[index] != "-")


def measured(folder: Path, names: set[str]) -> dict[str, Measured]:
    """What is known of the metrics in `names`; a metric without an entry was not measured."""
    found: dict[str, Measured] = defaultdict(Measured)
    for page in sorted(folder.glob("*.md")):
        for heading, columns, rows in tables(page.read_text(encoding="utf-8")):
            kind = next((kind for kind in ("coverage", "size") if heading.lower().startswith(kind)), None)
            if kind is None:
                continue
            if columns[0] == "metric":
                for name, rows_drawn, figure in by_row(kind, columns, rows):
                    if name not in names:
                        continue
                    getattr(found[name], kind)[rows_drawn].append(figure)
                    if page.name not in found[name].pages:
                        found[name].pages.append(page.name)
                continue
            if "n" not in columns:
                continue
            n = columns.index("n")
            # Columns before n describe the population: "accuracy" there is not about the interval of the metric.
            for index, column in enumerate(columns[n + 1 :], start=n + 1):
                level = " .05" if kind == "size" else ""
                # A column "coverage" is the figure itself, not the metric of that name.
                if column == kind or not column.endswith(level):
                    continue
                for name in {each.strip() for each in column.removesuffix(level).split(",")} & names:
                    for row in rows:
                        getattr(found[name], kind)[int(row[n].replace(",", ""))].append(float(row[index]))
                    if page.name not in found[name].pages:
                        found[name].pages.append(page.name)
    return found

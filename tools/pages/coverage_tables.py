"""Measured coverage and size, read from the tables that the slow tests write into docs/statistics/.

A column is about the metrics that its heading names, separated by commas: "rmsce, ece_l2_debiased" under a heading that starts with "Coverage", "ece .05"
under one that starts with "Size". Columns with other headings are for people.
"""

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


def measured(folder: Path, names: set[str]) -> dict[str, Measured]:
    """What is known of the metrics in `names`; a metric without an entry was not measured."""
    found: dict[str, Measured] = defaultdict(Measured)
    for page in sorted(folder.glob("*.md")):
        for heading, columns, rows in tables(page.read_text(encoding="utf-8")):
            kind = next((kind for kind in ("coverage", "size") if heading.lower().startswith(kind)), None)
            if kind is None or "n" not in columns:
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

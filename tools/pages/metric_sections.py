"""The metrics' part of docs/definitions.md: an overview, and one section per entry of the catalogue. Nothing here knows a metric by name.

Interval and example are those of examples/predictions.csv; coverage is what docs/statistics/ has measured.
"""

import re

from pages.coverage_tables import Measured

BETTER = {"lower": "lower is better", "higher": "higher is better", "zero": "best at 0", "none": "neither good nor bad"}
LEVEL = 0.95


def escaped(text: str) -> str:
    """Plain text in a cell of a Markdown table."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*\[\]{}$|])", r"\\\1", re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text))


def number(value: float) -> str:
    if value == 0:
        return "0"
    return f"{value:.4f}" if abs(value) >= 1e-3 else f"{value:.2g}"


def example(figures: dict) -> str:
    """What the example data give, in full: value, interval, expectation, p-value."""
    if figures["value"] is None:
        return f"no value: {escaped(figures['reason'])}"
    text = number(figures["value"])
    if figures["interval"]:
        text += " (" + " to ".join(number(end) for end in figures["interval"]) + ")"
    if figures["expected_if_calibrated"] is not None:
        text += f", expected of a calibrated model {number(figures['expected_if_calibrated'])}"
    if figures["p_value"] is not None:
        text += ", p < 0.001" if figures["p_value"] < 1e-3 else f", p = {figures['p_value']:.3f}"
    return text


def span(values: list[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.3f}" if low == high else f"{low:.3f} to {high:.3f}"


def by_rows(figures: dict[int, list[float]]) -> str:
    parts = [f"{span(values)} at n = {n:,}" for n, values in sorted(figures.items())]
    populations = max(len(values) for values in figures.values())
    return "; ".join(parts) + f" ({populations} populations)"


def links(pages: list[str]) -> str:
    return ", ".join(f"[{page.removesuffix('.md')}](statistics/{page})" for page in pages)


def interval(figures: dict, known: Measured) -> list[tuple[str, str]]:
    reason = figures.get("reasons", {}).get("interval") or figures.get("reason")
    if figures["method"] is None:
        return [("Interval", f"none: {escaped(reason or 'no construction of tested coverage is known')}")]
    rows = [("Interval", escaped(figures["method"]))]
    coverage = f"{by_rows(known.coverage)}; table: {links(known.pages)}" if known.coverage else "not measured yet"
    return [*rows, (f"Coverage at {LEVEL}", coverage)]


def tests(figures: dict, known: Measured) -> list[tuple[str, str]]:
    if figures["p_value"] is None:
        return []
    return [("False alarms at .05", f"{by_rows(known.size)}" if known.size else "not measured yet")]


def sources(citation: str, references: set[str]) -> str:
    """Short names of papers, linked where the page of references has them in full."""
    names = [name.strip() for name in citation.split(";")]
    return "; ".join(f"[{escaped(name)}](references.md)" if name in references else escaped(name) for name in names)


def section(entry: dict, figures: dict, known: Measured, references: set[str]) -> str:
    formula = f"$$\n{entry['tex']}\n$$" if entry["tex"] else f"```text\n{entry['definition']}\n```"
    rows = [("Range and units", f"{escaped(entry['range'])}, {entry['units']}; {BETTER[entry['better']]}")]
    if entry["edge_rules"]:
        rows.append(("Edge rules", escaped(entry["edge_rules"])))
    rows += interval(figures, known) + tests(figures, known)
    rows += [
        ("Example", example(figures)),
        ("Reads", ", ".join(f"`{state}`" for state in entry["reads"]) + ("" if entry["default_panel"] else "; shown on request (`--metrics`)")),
    ]
    if entry["citation"]:
        rows.append(("Source", sources(entry["citation"], references)))
    table = "".join(f"| {name} | {text} |\n" for name, text in rows)
    return f"### {entry['name']}\n\n**{escaped(entry['title'])}.** {escaped(entry['question'])}\n\n{formula}\n\n| | |\n| :-- | :-- |\n{table}"


def overview(catalogue: list[dict]) -> str:
    rows = "".join(f"| [{entry['name']}](#{entry['name']}) | {escaped(entry['title'])} | {escaped(entry['question'])} |\n" for entry in catalogue)
    return f"| name | title | answers |\n| :-- | :-- | :-- |\n{rows}"


def metric_sections(catalogue: list[dict], figures: dict[str, dict], known: dict[str, Measured], references: set[str]) -> str:
    """`figures` and `known` by the name of the metric; `references` are the short names that have an entry in references.md."""
    parts = [overview(catalogue)]
    parts += [section(entry, figures[entry["name"]], known.get(entry["name"], Measured()), references) for entry in catalogue]
    return "\n".join(parts)

"""What the page shows of an evaluation, as HTML: its own words, numbers and figures."""

from __future__ import annotations

import html
from typing import Any

from calibrant._evaluation import Evaluation, Figure

STYLE = """
.gradio-container { max-width: 1100px !important; }
.calibrant-number { font-size: 1.4rem; margin: 0 0 .5rem; }
.calibrant-scroll { overflow-x: auto; }
.calibrant-scroll table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.calibrant-scroll th, .calibrant-scroll td { padding: .15rem .8rem .15rem 0; text-align: left; white-space: nowrap; }
.calibrant-figure svg { width: 100%; max-width: 560px; height: auto; display: block; }
.calibrant-error { border-left: 4px solid #b3261e; padding: .4rem .8rem; }
.gradio-container .drop .or { color: var(--body-text-color-subdued); }
"""


def numbers(figure: Figure) -> str:
    """A figure in words."""
    if figure.value is None:
        return f"has no value: {figure.reasons.get('value', 'it is not defined for these rows')}"
    text = f"{figure.value:.4f}"
    if figure.interval is not None:
        text += f", {100 * figure.level:g} % interval {figure.interval[0]:.4f} to {figure.interval[1]:.4f}"
    if figure.expected_if_calibrated is not None:
        text += f"; a calibrated model would score {figure.expected_if_calibrated:.4f}"
    return text


def overview(evaluation: Evaluation, metric: str) -> str:
    """The metric of the page in large, then the headline, the whole table with intervals, and the warnings."""
    first = f"<p class='calibrant-number'><strong>{html.escape(metric)}</strong> <span id='calibrant-value'>{html.escape(numbers(evaluation[metric]))}</span></p>"
    return f"{first}<div class='calibrant-scroll' tabindex='0' role='region' aria-label='Every metric with its interval'>{evaluation._repr_html_()}</div>"


def top_label_figure(evaluation: Evaluation) -> str:
    return _figure(evaluation.figure("reliability"))


def class_figure(evaluation: Evaluation, name: str) -> str:
    """One class: its numbers, then its diagram."""
    row: dict[str, Any] = next(row for row in evaluation.to_dict()["per_class"] if row["name"] == name)
    error, bounds = row["calibration_error"], row["interval"]
    words = f"Class {name}: {row['rows']:g} rows"
    if error is not None:
        words += f", calibration error {error:.4f}" + ("" if bounds is None else f", interval {bounds[0]:.4f} to {bounds[1]:.4f}")
    return f"<p id='calibrant-class'>{html.escape(words)}</p>{_figure(evaluation.figure('class', of_class=name))}"


def _figure(drawing: Any) -> str:
    return f"<div class='calibrant-figure'>{drawing.svg}</div>"


def message(text: str) -> str:
    return f"<p role='status'>{html.escape(text)}</p>"


def complaint(text: str) -> str:
    return f"<p role='alert' class='calibrant-error'>{html.escape(text)}</p>"

"""`evaluate`, and what it returns."""

from __future__ import annotations

import html
import importlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calibrant import _core
from calibrant._document import Document
from calibrant._drawing import Drawing
from calibrant._figures import plot_reliability
from calibrant._errors import CalibrantError
from calibrant._state import State, measure, measure_confidences, settings
from calibrant._wording import python_wording


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric with its uncertainty. Absent parts are None, and `reasons` says why.

    Attributes:
        value: the metric, in `units`.
        interval: confidence interval at `level`, by the construction that `method` names.
        expected_if_calibrated: what a perfectly calibrated model would score with these confidences and this n.
        p_value: of the hypothesis that the model is calibrated.
    """

    name: str
    value: float | None
    interval: tuple[float, float] | None
    level: float
    method: str | None
    expected_if_calibrated: float | None
    p_value: float | None
    units: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, float] = field(default_factory=dict)

    def __float__(self) -> float:
        return float("nan") if self.value is None else self.value


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _figure(name: str, fields: Mapping[str, Any]) -> Figure:
    bounds = fields["interval"]
    reasons = dict(fields.get("reasons", {}))
    if "reason" in fields:
        reasons["value"] = fields["reason"]
    return Figure(
        name=name,
        value=_number(fields["value"]),
        interval=None if bounds is None else (float(bounds[0]), float(bounds[1])),
        level=float(fields["level"]),
        method=fields["method"],
        expected_if_calibrated=_number(fields["expected_if_calibrated"]),
        p_value=_number(fields["p_value"]),
        units=fields["units"],
        reasons=reasons,
        details=fields.get("details", {}),
    )


class Evaluation(Document, Mapping[str, Figure]):
    """The panel of one data set: a mapping from the name of a metric to its figure, which are attributes too.

    >>> evaluation.ece.value, evaluation["ece"].interval   # doctest: +SKIP
    """

    def __init__(self, state: State, options: _core.Settings) -> None:
        self._state = state
        self._options = options
        super().__init__(state.to_json(options, "calibrant.evaluate"))
        self._figures = {name: _figure(name, of) for name, of in self._document["metrics"].items()}

    def __getitem__(self, metric: str) -> Figure:
        return self._figures[metric]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __getattr__(self, name: str) -> Figure:
        figures = self.__dict__.get("_figures", {})
        if name in figures:
            figure: Figure = figures[name]
            return figure
        raise AttributeError(f"no metric {name!r} was computed; computed were {', '.join(figures)}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._figures]

    @property
    def headline(self) -> str:
        """One sentence, e.g. "over-confident: says 97.9 %, is right 92.4 %"."""
        return str(self._document["headline"])

    @property
    def groups(self) -> dict[str, dict[str, Figure]]:
        """The figures of each group."""
        return {
            group: {name: _figure(name, of) for name, of in panel["metrics"].items()}
            for group, panel in self._document["groups"].items()
        }

    @property
    def state(self) -> State:
        return self._state

    def to_frame(self) -> Any:
        """One row per metric, as a pandas or else a polars DataFrame. ImportError if neither is installed."""
        columns: dict[str, list[Any]] = {
            "metric": [],
            "value": [],
            "lower": [],
            "upper": [],
            "expected_if_calibrated": [],
            "p_value": [],
            "units": [],
            "method": [],
        }
        for figure in self.values():
            lower, upper = figure.interval or (None, None)
            row = (
                figure.name,
                figure.value,
                lower,
                upper,
                figure.expected_if_calibrated,
                figure.p_value,
                figure.units,
                figure.method,
            )
            for column, value in zip(columns.values(), row, strict=True):
                column.append(value)
        for library in ("pandas", "polars"):
            try:
                frames = importlib.import_module(library)
            except ImportError:
                continue
            frame = frames.DataFrame(columns)
            return frame.set_index("metric") if library == "pandas" else frame
        raise ImportError("to_frame: neither pandas nor polars is installed; install one, or use to_dict")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the state file (docs/formats/state.md) that `calibrant merge` and `--from-state` read."""
        self._state.write(os.fspath(path))

    def __repr__(self) -> str:
        lines = [f"<calibrant.Evaluation of {self._document['data']['rows']:,} rows: {self.headline}>"]
        width = max((len(name) for name in self), default=0)
        for figure in self.values():
            value = "-" if figure.value is None else f"{figure.value:.4g}"
            bounds = "" if figure.interval is None else f"  [{figure.interval[0]:.4g}, {figure.interval[1]:.4g}]"
            lines.append(f"  {figure.name:<{width}}  {value:>8}{bounds}")
        return "\n".join(lines)

    def plot(self, of_class: str | None = None, *, ax: Any = None) -> Any:
        """The reliability diagram on matplotlib axes (new ones without `ax`), which are returned.

        Of the top label, or of one class by its name: observed frequency over predicted probability in each bin that has
        rows, its interval, the diagonal of a calibrated model, and the share of rows per bin. Needs matplotlib.
        """
        return plot_reliability(self._document, ax, None if of_class is None else str(of_class))

    def figure(
        self,
        kind: str = "reliability",
        *,
        of_class: Any = None,
        most_classes: int = 12,
        theme: str = "auto",
        after: Evaluation | None = None,
        names: Sequence[str] | None = None,
    ) -> Drawing:
        """A finished figure as SVG, with the numbers of this evaluation's state; a notebook shows it.

        Args:
            kind: "reliability", "class", "classes", "confidence", "risk-coverage", "bins", "class-frequency", "groups",
                "simplex" or "before-after", as `calibrant plot --help` explains.
            of_class: name of the class of the figure "class"; without it the one with the largest error.
            most_classes: of the figure "classes".
            theme: "auto" follows the page, "light" and "dark" do not.
            after: the second side of "before-after".
            names: of its two sides.

        Raises:
            CalibrantError: the evaluation does not hold what the figure needs.
        """
        states = [self._state] if after is None else [self._state, after._state]
        if names is not None and len(names) != len(states):
            raise CalibrantError(f"names: got {len(names)}, expected {len(states)}, one for each evaluation")
        shown = None if of_class is None else str(of_class)
        return Drawing(*_core.draw(kind, states, self._options, shown, most_classes, theme, [] if names is None else [str(name) for name in names]))

    def report(self, path: str | os.PathLike[str], *, before: Evaluation | None = None, names: Sequence[str] = ("after", "before"), baseline: Evaluation | None = None) -> None:
        """Writes everything as one HTML page, as `calibrant report` does: verdict, numbers, figures, every class.

        The page loads nothing, and without script all of it is there. The simplex of three classes needs rows, which an
        evaluation keeps with `bootstrap`.

        Args:
            path: where to write it.
            before: an evaluation of the same rows before a calibrator, to set beside this one.
            names: of this evaluation and of `before`.
            baseline: an evaluation of other, earlier rows: the page then tells what changed since, as `diff` does.

        Raises:
            CalibrantError: an evaluation by another package (`peer`), or not two names.
        """
        if len(names) != 2:
            raise CalibrantError(f"names: got {len(names)}, expected 2, of this evaluation and of the one before")
        states = [self._state] if before is None else [self._state, before._state]
        earlier = None if baseline is None else baseline._state
        page = _core.report(states, self._options, "calibrant.evaluate(...).report(...)", [str(name) for name in names], earlier)
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(page)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{html.escape(figure.name)}</th>"
            f"<td>{'–' if figure.value is None else format(figure.value, '.4g')}</td>"
            f"<td>{'–' if figure.interval is None else ' … '.join(format(b, '.4g') for b in figure.interval)}</td>"
            f"<td>{'–' if figure.expected_if_calibrated is None else format(figure.expected_if_calibrated, '.4g')}</td>"
            f"<td>{'–' if figure.p_value is None else format(figure.p_value, '.2g')}</td></tr>"
            for figure in self.values()
        )
        notes = "".join(f"<li>{html.escape(warning)}</li>" for warning in self.warnings)
        return (
            f"<p><strong>{html.escape(self.headline)}</strong></p><table><thead><tr><th>metric</th><th>value</th>"
            f"<th>interval</th><th>if calibrated</th><th>p</th></tr></thead><tbody>{rows}</tbody></table>"
            + (f"<ul>{notes}</ul>" if notes else "")
        )


def evaluate(
    scores: Any,
    labels: Any,
    *,
    logits: bool = False,
    weights: Any = None,
    groups: Any = None,
    classes: Iterable[Any] | None = None,
    bins: int = 15,
    metrics: Sequence[str] | None = None,
    level: float = 0.95,
    weight_kind: str = "frequency",
    on_invalid: str = "error",
    renormalize: bool = False,
    log_floor: float | None = None,
    per_class: bool | None = None,
    bootstrap: int = 0,
    seed: int = 0,
    threads: int = 0,
    peer: str | None = None,
    **metric_options: float,
) -> Evaluation:
    """How well calibrated predictions are, with honest uncertainty.

    Args:
        scores: n x K probabilities (rows sum to 1), or logits if `logits`; or n probabilities of the second of two
            classes. float16, float32 or float64 rows are read where they lie.
        labels: n class indices 0..K-1, or names if `classes` is given; or n x K shares of the classes (soft labels).
        logits: scores are unnormalised log-probabilities. Never guessed.
        weights: n numbers >= 0; `weight_kind` "frequency" (the row occurred so often) or "importance".
        groups: n names; each group gets a panel of its own.
        classes: K names in the order of the columns.
        bins: bins of equal width.
        metrics: names (`calibrant.metrics.names()`); without it the default panel.
        level: of the intervals.
        on_invalid: "error" refuses data with a bad row, "skip" leaves such rows out and counts them.
        renormalize: divide rows of probabilities by their sum.
        log_floor: clip of the log loss; without it a label of probability 0 costs infinity.
        per_class: a reliability diagram for every class; without it up to 100 classes.
        bootstrap: replicates of the rows, for standard errors; 0: none.
        threads: 0: every processor. The result does not depend on it.
        peer: another package whose numbers of `metrics` are given, by its own bins and rules (docs/peers.md).
        metric_options: of single metrics, as the command has them: norm, top_k, min_probability, coverage, risk,
            threshold, draws, exact_rows.

    Raises:
        CalibrantError: a ValueError that says what was got, what was expected and what to do.

    O(n K) time without the GIL; memory does not grow with n unless a metric sorts the rows.
    """
    options = settings(
        kind="logits" if logits else "probabilities",
        bins=bins,
        metrics=None if metrics is None else list(metrics),
        level=level,
        weight_kind=weight_kind,
        on_invalid=on_invalid,
        renormalize=renormalize,
        log_floor=log_floor,
        per_class_reliability=per_class,
        bootstrap=bootstrap,
        seed=seed,
        threads=threads,
        whole_panel=metrics is None and peer is None,
        peer=peer,
        **metric_options,
    )
    state = measure(scores, labels, options, weights=weights, groups=groups, classes=classes)
    return Evaluation(state, options)


def evaluate_confidences(
    confidence: Any,
    correct: Any,
    *,
    weights: Any = None,
    bins: int = 15,
    metrics: Sequence[str] | None = None,
    level: float = 0.95,
    threads: int = 0,
) -> Evaluation:
    """How well calibrated confidences are, where only "how sure" and "was it right" is known, as of a language model.

    Args:
        confidence: n numbers in [0, 1].
        correct: n times 1 or True (right), 0 or False (wrong).

    The other arguments, errors and costs are those of `evaluate`. Metrics that need every class are not computed.
    """
    options = settings(
        kind="top_label",
        bins=bins,
        metrics=None if metrics is None else list(metrics),
        level=level,
        threads=threads,
        whole_panel=metrics is None,
    )
    return Evaluation(measure_confidences(confidence, correct, options, weights=weights), options)

"""`diff`, and what it returns."""

from __future__ import annotations

import html
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from calibrant import _core
from calibrant._document import Document
from calibrant._evaluation import Evaluation
from calibrant._state import State, settings, state_of
from calibrant._wording import python_wording


@dataclass(frozen=True, slots=True)
class Change:
    """One quantity in two samples of rows. Absent parts are None, and `reasons` says why.

    Attributes:
        old, new: the value in either, in `units`.
        difference: new less old. Of errors that chance makes larger, such as ece, without that part.
        interval: of the difference, by the construction that `method` names.
        p_value: two-sided, of no difference; `adjusted_p_value` allows for all tests of its family (Holm).
        verdict: "better", "worse", "higher", "lower", "no_evidence" or "not_tested".
    """

    name: str
    verdict: str
    old: float | None
    new: float | None
    difference: float | None
    interval: tuple[float, float] | None
    method: str | None
    p_value: float | None
    adjusted_p_value: float | None
    units: str
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def significant(self) -> bool:
        """More than chance."""
        return self.verdict not in ("no_evidence", "not_tested")


def _change(name: str, fields: Mapping[str, Any]) -> Change:
    bounds = fields["interval"]
    return Change(
        name=name,
        verdict=fields["verdict"],
        old=fields["old"]["value"],
        new=fields["new"]["value"],
        difference=fields["difference"],
        interval=None if bounds is None else (float(bounds[0]), float(bounds[1])),
        method=fields["method"],
        p_value=fields["p_value"],
        adjusted_p_value=fields["adjusted_p_value"],
        units=fields["units"],
        reasons={figure: python_wording(reason) for figure, reason in fields.get("reasons", {}).items()},
    )


class Diff(Document, Mapping[str, Change]):
    """What changed between two states: a mapping from the name of a metric to its change, which are attributes too."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.verdict = python_wording(str(self._document["verdict"]))
        self._changes = {name: _change(name, of) for name, of in self._document["metrics"].items()}

    def __getitem__(self, metric: str) -> Change:
        return self._changes[metric]

    def __iter__(self) -> Iterator[str]:
        return iter(self._changes)

    def __len__(self) -> int:
        return len(self._changes)

    def __getattr__(self, name: str) -> Change:
        changes = self.__dict__.get("_changes", {})
        if name in changes:
            change: Change = changes[name]
            return change
        raise AttributeError(f"no metric {name!r} was compared; compared were {', '.join(changes)}")

    @property
    def per_class(self) -> dict[str, dict[str, Change]]:
        """Of every class its share of labels and predictions, its accuracy and its classwise_ece."""
        return {
            row["name"]: {name: _change(name, of) for name, of in row.items() if isinstance(of, dict)}
            for row in self._document["per_class"]
        }

    @property
    def groups(self) -> dict[str, dict[str, Change]]:
        """The leading metrics of every group that both states have."""
        return {
            group: {name: _change(name, of) for name, of in part["metrics"].items()} for group, part in self._document["groups"].items()
        }

    def _shown(self) -> list[Change]:
        """The leading metrics, and whatever else changed."""
        families = {name: of["family"] for name, of in self._document["metrics"].items()}
        return [c for c in self.values() if c.significant or (families[c.name] == "leading" and c.difference is not None)]

    def __repr__(self) -> str:
        lines = [f"<calibrant.Diff: {self.verdict}>"]
        for c in self._shown():
            difference = "-" if c.difference is None else f"{c.difference:+.4g}"
            bounds = "" if c.interval is None else f"  [{c.interval[0]:+.4g}, {c.interval[1]:+.4g}]"
            lines.append(f"  {c.name:<16}  {difference:>10}{bounds}  {c.verdict.replace('_', ' ')}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        def number(x: float | None, form: str = ".4g") -> str:
            return "–" if x is None else format(x, form)

        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{html.escape(c.name)}</th><td>{number(c.old)}</td><td>{number(c.new)}</td>"
            f"<td>{number(c.difference, '+.4g')}</td><td>{'–' if c.interval is None else ' … '.join(format(b, '+.4g') for b in c.interval)}</td>"
            f"<td>{number(c.adjusted_p_value, '.2g')}</td><td>{html.escape(c.verdict.replace('_', ' '))}</td></tr>"
            for c in self._shown()
        )
        notes = "".join(f"<li>{html.escape(warning)}</li>" for warning in self.warnings)
        return (
            f"<p><strong>{html.escape(self.verdict)}</strong></p><table><thead><tr><th>metric</th><th>old</th><th>new</th>"
            f"<th>difference</th><th>interval</th><th>adjusted p</th><th>verdict</th></tr></thead><tbody>{rows}</tbody></table>"
            + (f"<ul>{notes}</ul>" if notes else "")
        )


def diff(
    old: State | Evaluation | str | os.PathLike[str],
    new: State | Evaluation | str | os.PathLike[str],
    *,
    metrics: Iterable[str] | None = None,
    level: float = 0.95,
    norm: float | None = None,
    top_k: int | None = None,
    min_probability: float | None = None,
    coverage: float | None = None,
    risk: float | None = None,
    threshold: float | None = None,
    names: tuple[str, str] = ("old", "new"),
    threads: int = 0,
) -> Diff:
    """What changed between two states of different rows, such as those of two months, and is it more than chance?

    The samples are taken as independent; of two models on the same rows `compare` knows more.

    Args:
        old, new: evaluations, their states, or .cstate files.
        metrics: those that the verdict rests on; without them accuracy, mean_confidence, confidence_gap, ece, log_loss
            and brier, beside the rest of the panel.
        level: of the intervals; a finding needs an adjusted p-value of at most 1 less it.
        names: of both states in sentences; files have theirs.

    The other arguments are those of `evaluate`.

    Raises:
        CalibrantError: a ValueError that says what was got, what was expected and what to do.
    """
    options = settings(
        metrics=None if metrics is None else [str(name) for name in metrics],
        level=level,
        norm=norm,
        top_k=top_k,
        min_probability=min_probability,
        coverage=coverage,
        risk=risk,
        threshold=threshold,
        threads=threads,
    )

    def called(given: object, name: str) -> str:
        return os.fspath(given) if isinstance(given, (str, os.PathLike)) else name

    document = _core.diff(state_of(old), state_of(new), options, called(old, names[0]), called(new, names[1]), "calibrant.diff")
    return Diff(document)

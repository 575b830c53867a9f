"""`check`, and what it returns."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from calibrant import _core
from calibrant._document import Document
from calibrant._errors import CalibrantError
from calibrant._evaluation import Evaluation
from calibrant._state import State, measure, settings, state_of
from calibrant._wording import python_wording


@dataclass(frozen=True, slots=True)
class Check:
    """One limit for one set of rows. Absent parts are None, and `reasons` says why.

    Attributes:
        rule: "at_most", "at_least", or "no_worse" than a baseline by more than the limit.
        scope: "total", "group" or "class"; `member` is the name of the group or class.
        outcome: "pass", "fail" or "inconclusive".
        value: the metric of these rows; of "no_worse" by how much it is worse.
        at_worst: one-sided bound: the metric is no worse than this, with probability 1 - `alpha`.
        at_best: the same for no better, with probability 1 - `fail_alpha`.
        more_rows: where it is inconclusive, an estimate of the further labelled rows that would decide it.
        advice: what to do, one sentence.
    """

    metric: str
    rule: str
    limit: float
    units: str
    scope: str
    member: str | None
    outcome: str
    rows: float
    value: float | None
    baseline: float | None
    at_worst: float | None
    at_best: float | None
    more_rows: float | None
    alpha: float
    fail_alpha: float
    method: str | None
    advice: str
    reasons: Mapping[str, str] = field(default_factory=dict)


class Gate(Document):
    """A finished gate. `outcome` is "pass", "fail" or "inconclusive", `verdict` one sentence, `checks` every limit."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.outcome = str(self._document["outcome"])
        self.verdict = python_wording(str(self._document["verdict"]))
        self.checks = [Check(**of) for of in self._document["checks"]]

    @property
    def passed(self) -> bool:
        return self.outcome == "pass"

    def __repr__(self) -> str:
        lines = [f"<calibrant.Gate: {self.verdict}>"]
        for c in self.checks:
            of = "" if c.member is None else f" of {c.scope} {c.member}"
            bounds = [f"{bound:.4g}" for bound in (c.at_best, c.at_worst) if bound is not None]
            lines.append(f"  {c.outcome:<12}  {c.metric}{of} {c.rule.replace('_', ' ')} {c.limit:g}  [{', '.join(bounds)}]")
        return "\n".join(lines)


def check(
    scores: Any,
    labels: Any,
    *,
    max: Mapping[str, float] | None = None,  # noqa: A002: as the command has it
    min: Mapping[str, float] | None = None,  # noqa: A002
    no_worse_than: State | Evaluation | str | os.PathLike[str] | None = None,
    margin: Mapping[str, float] | None = None,
    per_group: bool = False,
    per_class: bool = False,
    level: float = 0.95,
    logits: bool = False,
    weights: Any = None,
    groups: Any = None,
    classes: Iterable[Any] | None = None,
    bins: int = 15,
    weight_kind: str = "frequency",
    on_invalid: str = "error",
    renormalize: bool = False,
    log_floor: float | None = None,
    top_k: int | None = None,
    min_probability: float | None = None,
    coverage: float | None = None,
    risk: float | None = None,
    threshold: float | None = None,
    threads: int = 0,
) -> Gate:
    """Whether metrics keep limits, judged on confidence bounds, so that chance neither passes nor fails a model.

    Args:
        max: metric to the limit that it shall not exceed, such as {"ece": 0.03}.
        min: metric to the limit that it shall reach, such as {"accuracy": 0.9}.
        no_worse_than: a state of other rows (`evaluation.state`, a .cstate file), than which no limited metric shall be
            significantly worse; without limits ece, accuracy, log_loss and brier.
        margin: metric to how much worse than that it may be; it then has to be proved, as a limit.
        per_group, per_class: limits hold for every group or class as well.
        level: of the bounds; a false pass or failure has a probability of at most 1 less it.

    The other arguments are those of `evaluate`.

    Raises:
        CalibrantError: a ValueError that says what was got, what was expected and what to do.
    """
    baseline = None if no_worse_than is None else state_of(no_worse_than)
    if not max and not min and baseline is None:
        raise CalibrantError('check: no limit, expected one such as max={"ece": 0.03}')
    if margin and baseline is None:
        raise CalibrantError("margin is how much worse than a baseline a metric may be, but there is none; give no_worse_than")
    limited = [*(max or {}), *(min or {}), *(margin or {})]
    known = set(_core.metric_names())
    metrics = [name for name in limited if name in known] + (["ece", "accuracy", "log_loss", "brier"] if baseline is not None else [])
    options = settings(
        kind="logits" if logits else "probabilities",
        bins=bins,
        metrics=metrics or ["ece"],
        level=level,
        weight_kind=weight_kind,
        on_invalid=on_invalid,
        renormalize=renormalize,
        log_floor=log_floor,
        top_k=top_k,
        min_probability=min_probability,
        coverage=coverage,
        risk=risk,
        threshold=threshold,
        threads=threads,
    )
    state = measure(scores, labels, options, weights=weights, groups=groups, classes=classes)
    document = _core.check(state, options, dict(max or {}), dict(min or {}), baseline, dict(margin or {}), per_group, per_class, "calibrant.check")
    return Gate(document)

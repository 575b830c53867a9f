"""`compare`, and what it returns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from calibrant import _core
from calibrant._document import Document
from calibrant._errors import CalibrantError
from calibrant._inputs import label_indices, require_rows, score_matrix, weight_column
from calibrant._state import settings
from calibrant._wording import python_wording


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric of a model minus that of its baseline, on the same rows. Absent parts are None, and `reasons` says why.

    Attributes:
        value: the difference, in `units`.
        interval: confidence interval at the level of the comparison, by the construction that `method` names.
        p_value: two-sided, of the hypothesis that there is no difference.
        adjusted_p_value: the same, adjusted for all tests of the comparison (Holm).
    """

    name: str
    value: float | None
    standard_error: float | None
    interval: tuple[float, float] | None
    method: str | None
    p_value: float | None
    adjusted_p_value: float | None
    units: str
    reasons: Mapping[str, str] = field(default_factory=dict)

    def __float__(self) -> float:
        return float("nan") if self.value is None else self.value


def _difference(name: str, fields: Mapping[str, Any]) -> Difference:
    bounds = fields["interval"]
    return Difference(
        name=name,
        value=fields["value"],
        standard_error=fields["standard_error"],
        interval=None if bounds is None else (float(bounds[0]), float(bounds[1])),
        method=fields["method"],
        p_value=fields["p_value"],
        adjusted_p_value=fields["adjusted_p_value"],
        units=fields["units"],
        reasons={figure: python_wording(reason) for figure, reason in fields.get("reasons", {}).items()},
    )


class Pair(Mapping[str, Difference]):
    """A model against its baseline: a mapping from the name of a metric to its difference, which are attributes too."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.baseline = str(document["baseline"])
        self.model = str(document["model"])
        self.verdict = str(document["verdict"])
        self._differences = {name: _difference(name, of) for name, of in document["differences"].items()}

    def __getitem__(self, metric: str) -> Difference:
        return self._differences[metric]

    def __iter__(self) -> Iterator[str]:
        return iter(self._differences)

    def __len__(self) -> int:
        return len(self._differences)

    def __getattr__(self, name: str) -> Difference:
        differences = self.__dict__.get("_differences", {})
        if name in differences:
            difference: Difference = differences[name]
            return difference
        raise AttributeError(f"no metric {name!r} was compared; compared were {', '.join(differences)}")

    def __repr__(self) -> str:
        lines = [f"<calibrant.Pair: {self.verdict}>"]
        for d in self.values():
            value = "-" if d.value is None else f"{d.value:+.4g}"
            bounds = "" if d.interval is None else f"  [{d.interval[0]:+.4g}, {d.interval[1]:+.4g}]"
            p = "" if d.adjusted_p_value is None else f"  adjusted p {d.adjusted_p_value:.2g}"
            lines.append(f"  {d.name:<14}  {value:>10}{bounds}{p}")
        return "\n".join(lines)


class Comparison(Document):
    """Models on the same rows: `pairs` in order, and `comparison["b"]` or `comparison["a", "b"]` for one of them."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.pairs = [Pair(pair) for pair in self._document["pairs"]]

    def __getitem__(self, names: str | tuple[str, str]) -> Pair:
        first = str(self._document["models"][0]["name"])
        baseline, model = (first, names) if isinstance(names, str) else names
        for pair in self.pairs:
            if (pair.baseline, pair.model) == (baseline, model):
                return pair
        known = ", ".join(f"({pair.baseline!r}, {pair.model!r})" for pair in self.pairs)
        raise KeyError(f"no pair of baseline {baseline!r} and model {model!r}; compared were {known}")

    @property
    def verdicts(self) -> list[str]:
        """One sentence per pair."""
        return [pair.verdict for pair in self.pairs]

    @property
    def models(self) -> dict[str, dict[str, float | None]]:
        """The metrics of each model on the rows of the comparison."""
        return {
            model["name"]: {name: metric["value"] for name, metric in model["metrics"].items()}
            for model in self._document["models"]
        }

    @property
    def rows(self) -> int:
        return int(self._document["data"]["rows"])

    def __repr__(self) -> str:
        return "\n".join([f"<calibrant.Comparison of {self.rows:,} rows>", *map(repr, self.pairs)])


def compare(
    labels: Any,
    models: Mapping[str, Any],
    *,
    logits: bool | Collection[str] = False,
    weights: Any = None,
    classes: Iterable[Any] | None = None,
    bins: int = 15,
    level: float = 0.95,
    weight_kind: str = "frequency",
    on_invalid: str = "error",
    renormalize: bool = False,
    log_floor: float | None = None,
    bootstrap: int = 1000,
    seed: int = 0,
    all_pairs: bool = False,
    threads: int = 0,
) -> Comparison:
    """Which of several models is better on the same rows, and is the difference more than chance?

    Args:
        labels: n class indices 0..K-1, or names if `classes` is given.
        models: name to n x K probabilities (or logits), or n probabilities of the second of two classes. The first is
            the baseline.
        logits: scores are unnormalised log-probabilities: of all models, or of those that are named. Never guessed.
        bootstrap: replicates of the rows for the difference of calibration errors.
        all_pairs: every pair, not every model against the first.

    The other arguments are those of `evaluate`.

    Raises:
        CalibrantError: a ValueError that says what was got, what was expected and what to do.
    """
    options = settings(
        bins=bins,
        level=level,
        weight_kind=weight_kind,
        on_invalid=on_invalid,
        renormalize=renormalize and logits is not True,
        log_floor=log_floor,
        bootstrap=bootstrap,
        seed=seed,
        threads=threads,
    )
    names = [str(name) for name in models]
    of_logits = set(names if logits is True else [] if logits is False else map(str, logits))
    if unknown := of_logits.difference(names):
        raise CalibrantError(f"logits: got {', '.join(sorted(unknown))}, expected names of the models ({', '.join(names)})")
    class_list = None if classes is None else [str(name) for name in classes]
    matrices = [score_matrix(scores) for scores in models.values()]
    truth = label_indices(labels, class_list)
    for name, matrix in zip(names, matrices, strict=True):
        if class_list is not None:
            _core.require_classes(class_list, matrix.shape[1])
        require_rows(f"labels beside model {name!r}", len(truth.indices), len(matrix))
    document = _core.compare(
        options,
        names,
        ["logits" if name in of_logits else "probabilities" for name in names],
        matrices,
        class_list,
        truth.indices,
        truth.complaint,
        weight_column(weights, len(truth.indices)),
        all_pairs,
        "calibrant.compare",
    )
    return Comparison(document)

"""Results of a run: rows made from the timings of a case, and their JSON."""

import math
from dataclasses import asdict, dataclass, field

from harness.agreement import Comparison, compare
from harness.cases import Case, Entrant, Role
from harness.goals import Verdict
from harness.turns import Timing

SCHEMA = "calibrant/benchmarks/1"


@dataclass
class Row:
    """One contender in one case."""

    contender: str
    role: str
    version: str = ""
    seconds: list[float] = field(default_factory=list)
    median_seconds: float | None = None
    min_seconds: float | None = None
    scores: int = 0
    comparable_seconds: float | None = None  # the median, or the median per score where the inputs differ in size
    ratio_to_ours: float | None = None
    ratio_to_limit: float | None = None
    peak_bytes: int | None = None
    comparisons: list[Comparison] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    absent: str = ""  # why there is no timing

    @property
    def disagrees(self) -> bool:
        return any(not comparison.agrees for comparison in self.comparisons)


@dataclass
class CaseResult:
    title: str
    rows: list[Row]


@dataclass
class TaskResult:
    name: str
    title: str
    about: str
    cases: list[CaseResult]

    @property
    def rows(self) -> list[Row]:
        return [row for case in self.cases for row in case.rows]


def case_result(case: Case, timings: list[Timing]) -> CaseResult:
    """`timings` in the order of the entrants. The first of ours is what the others are compared with."""
    rows = [make_row(case, entrant, timing) for entrant, timing in zip(case.entrants, timings, strict=True)]
    ours = next((row for row in rows if row.role == Role.OURS), None)
    limit = next((row for row in rows if row.role == Role.LIMIT), None)
    values = next((t.values for e, t in zip(case.entrants, timings, strict=True) if e.role == Role.OURS), {})
    for row, timing in zip(rows, timings, strict=True):
        row.ratio_to_ours = ratio(row, ours)
        row.ratio_to_limit = ratio(row, limit)
        if row is not ours and not row.absent:
            row.comparisons = compare(row.contender, timing.values, values, case.metric, case.known_differences)
    by_name = {row.contender: row for row in rows}
    for goal in case.goals:
        by_name[goal.contender].verdicts.append(goal.judge(by_name))
    return CaseResult(case.title, rows)


def make_row(case: Case, entrant: Entrant, timing: Timing) -> Row:
    row = Row(
        timing.name, str(entrant.role), timing.version, timing.seconds, scores=entrant.scores, absent=timing.absent
    )
    row.peak_bytes = None if timing.absent else timing.peak_bytes
    if not timing.absent and not timing.seconds:
        row.absent = "no run was timed"
    if timing.seconds:
        row.median_seconds, row.min_seconds = timing.median, timing.fastest
        row.comparable_seconds = timing.median / entrant.scores if case.per_score else timing.median
    return row


def ratio(row: Row, other: Row | None) -> float | None:
    if other is None or row.comparable_seconds is None or not other.comparable_seconds:
        return None
    return row.comparable_seconds / other.comparable_seconds


def failures(results: list[TaskResult]) -> list[str]:
    """What makes a run worthless: a value that disagrees, or a contender of ours or a limit without a time."""
    found = []
    for task in results:
        for case in task.cases:
            for row in case.rows:
                where = f"{task.name}, {case.title}, {row.contender}"
                if row.absent and row.role != Role.PEER:
                    found.append(f"{where}: {row.absent}")
                found += [f"{where}: {comparison}" for comparison in row.comparisons if not comparison.agrees]
    return found


def as_json(results: list[TaskResult], machine: dict, settings: dict) -> dict:
    return {
        "schema": SCHEMA,
        "machine": machine,
        "settings": settings,
        "failures": failures(results),
        "tasks": [finite(asdict(task)) for task in results],
    }


def finite(value):
    """The same without NaN and infinities, which JSON does not have: as text."""
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [finite(entry) for entry in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value

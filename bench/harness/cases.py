"""What is measured: a task has cases, a case has contenders that take turns on one input, and goals for them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from harness.agreement import KnownDifference
from harness.goals import Goal
from harness.turns import Command, Worker


class Role(StrEnum):
    OURS = "ours"
    LIMIT = "limit"  # reads the same input and measures nothing
    PEER = "peer"


@dataclass
class Entrant:
    runner: Worker | Command
    role: Role
    scores: int  # numbers in its input; where a case compares per score, times are divided by it

    @property
    def name(self) -> str:
        return self.runner.timing.name


@dataclass
class Case:
    title: str
    entrants: list[Entrant]
    goals: list[Goal]
    per_score: bool = False  # the inputs differ in size: ratios compare seconds per score
    metric: str = ""  # the value of ours that a peer's single value is compared with
    known_differences: list[KnownDifference] = field(default_factory=list)
    budget_seconds: float = 60.0  # per contender; see turns.take_turns


@dataclass
class Task:
    name: str
    title: str
    about: str  # one paragraph: what is compared, and with what
    cases: Callable[..., Iterator[Case]]  # takes the workbench; makes the input of a case when it comes to it

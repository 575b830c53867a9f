"""What a measurement is wanted to be. A goal stands in the row of one contender; all rows of the case judge it."""

from dataclasses import dataclass
from typing import Protocol

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Verdict:
    wanted: str
    measured: str  # empty where it could not be judged
    met: bool | None  # None: not judged, because a contender that it needs is absent


class Goal(Protocol):
    contender: str

    def judge(self, rows: dict) -> Verdict:
        """`rows` maps the name of each contender to its results.Row; absent ones have no seconds."""


@dataclass(frozen=True)
class AtMostTimes:
    """The contender takes at most `times` as long as `other`."""

    contender: str
    times: float
    other: str

    def judge(self, rows: dict) -> Verdict:
        wanted = f"at most {self.times:g}x {self.other}"
        mine, other = (rows[name].comparable_seconds for name in (self.contender, self.other))
        if mine is None or other is None:
            return Verdict(wanted, "", None)
        return Verdict(wanted, f"{mine / other:.2f}x", mine <= self.times * other)


@dataclass(frozen=True)
class SecondsBelow:
    """The contender takes less than `seconds`."""

    contender: str
    seconds: float

    def judge(self, rows: dict) -> Verdict:
        wanted = f"below {self.seconds * 1000:g} ms"
        mine = rows[self.contender].comparable_seconds
        if mine is None:
            return Verdict(wanted, "", None)
        return Verdict(wanted, f"{mine * 1000:.1f} ms", mine < self.seconds)


@dataclass(frozen=True)
class FasterThanPeers:
    """The fastest peer takes at least `times` as long as the contender."""

    contender: str
    times: float

    def judge(self, rows: dict) -> Verdict:
        wanted = f"{self.times:g}x faster than the fastest peer"
        mine = rows[self.contender].comparable_seconds
        # A peer whose value disagrees measured something else; being fast at that is no yardstick.
        peers = [
            row
            for row in rows.values()
            if row.role == "peer" and row.comparable_seconds is not None and not row.disagrees
        ]
        if mine is None or not peers:
            return Verdict(wanted, "", None)
        fastest = min(peers, key=lambda row: row.comparable_seconds)
        ratio = fastest.comparable_seconds / mine
        return Verdict(wanted, f"{ratio:.2f}x ({fastest.contender})", ratio >= self.times)


@dataclass(frozen=True)
class MemoryBelow:
    """The contender's peak memory stays below `megabytes` (of 1,000,000 bytes)."""

    contender: str
    megabytes: float

    def judge(self, rows: dict) -> Verdict:
        wanted = f"below {self.megabytes:g} MB"
        peak = rows[self.contender].peak_bytes
        if peak is None:
            return Verdict(wanted, "", None)
        return Verdict(wanted, f"{peak / MEGABYTE:.0f} MB", peak < self.megabytes * MEGABYTE)

"""Calibration as an assertion, for pytest, unittest or a script.

>>> from calibrant.testing import assert_calibrated
>>> assert_calibrated(labels, probabilities, max={"ece": 0.03}, min={"accuracy": 0.9})   # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

from calibrant._errors import CalibrantError
from calibrant._gate import Gate, check

__all__ = ["assert_calibrated"]


def _skip(reason: str) -> None:
    try:
        import pytest
    except ImportError:
        import unittest

        raise unittest.SkipTest(reason) from None
    pytest.skip(reason)


def assert_calibrated(labels: Any, scores: Any, *, inconclusive: str = "fail", **limits: Any) -> Gate:
    """Raises AssertionError with the verdict unless the limits are proved to be kept.

    Args:
        labels: as `evaluate` has them.
        scores: likewise.
        inconclusive: what to do where there are too few labels to tell: "fail", "skip" the test, or "pass".
        limits: `max`, `min`, `no_worse_than` and the other arguments of `calibrant.check`.

    Returns:
        The gate, whose `checks` have the numbers.
    """
    __tracebackhide__ = True  # pytest shows the caller's line
    if inconclusive not in ("fail", "skip", "pass"):
        raise CalibrantError(f"inconclusive: got {inconclusive!r}, expected fail, skip or pass")
    gate = check(scores, labels, **limits)
    if gate.outcome == "inconclusive" and inconclusive == "skip":
        _skip(gate.verdict)
    if gate.outcome == "fail" or (gate.outcome == "inconclusive" and inconclusive == "fail"):
        advice = dict.fromkeys(f"{c.metric}: {c.advice}" for c in gate.checks if c.advice)
        raise AssertionError("\n".join([gate.verdict, *advice]))
    return gate

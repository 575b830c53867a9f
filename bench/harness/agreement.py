"""Whether contenders that claim to compute the same quantity agree on it: a fast wrong answer is no benchmark."""

from dataclasses import dataclass

# Scores are float32, ours are exact sums, and some peers add in float32: seen up to 1e-5 of the value. Another
# definition or another binning rule is off by far more than this.
RELATIVE_TOLERANCE = 2e-5
ABSOLUTE_TOLERANCE = 1e-7


@dataclass(frozen=True)
class KnownDifference:
    """A peer's own definition, under which its value may lie within `tolerance` of ours instead."""

    contender: str
    reason: str
    tolerance: float  # absolute


@dataclass(frozen=True)
class Comparison:
    name: str  # of the quantity
    value: float
    expected: float
    tolerance: float
    known_difference: str = ""  # its reason, when one had to be allowed for

    @property
    def agrees(self) -> bool:  # never for NaN
        return abs(self.value - self.expected) <= self.tolerance

    def __str__(self) -> str:
        return f"{self.name} = {self.value:.9g}, expected {self.expected:.9g} within {self.tolerance:.2g}"


def compare(contender: str, values: dict, ours: dict, metric: str, known: list[KnownDifference]) -> list[Comparison]:
    """One comparison for each quantity that both computed. A peer's single value, "value", stands for `metric`."""
    comparisons = []
    for name, value in values.items():
        quantity = metric if name == "value" else name
        if quantity not in ours:
            continue
        expected = ours[quantity]
        usual = ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * abs(expected)
        comparison = Comparison(quantity, value, expected, usual)
        for difference in known:
            if difference.contender == contender and not comparison.agrees:
                comparison = Comparison(quantity, value, expected, max(usual, difference.tolerance), difference.reason)
        comparisons.append(comparison)
    return comparisons

"""Calibrant: are a multi-class classifier's probabilities to be trusted, and how are they corrected?

>>> import calibrant
>>> evaluation = calibrant.evaluate(probabilities, labels)   # doctest: +SKIP
>>> evaluation.headline, evaluation.ece.value, evaluation.ece.interval   # doctest: +SKIP
>>> calibrant.TemperatureScaling().fit(held_out, held_out_labels).predict_proba(probabilities)   # doctest: +SKIP
"""

from calibrant import calibrators, metrics
from calibrant._core import version as __version__
from calibrant._comparison import Comparison, Difference, Pair, compare
from calibrant._diff import Change, Diff, diff
from calibrant._drawing import Drawing
from calibrant._errors import CalibrantError
from calibrant._evaluation import Evaluation, Figure, evaluate, evaluate_confidences
from calibrant._gate import Check, Gate, check
from calibrant._tables import evaluate_table
from calibrant.calibrators import *  # noqa: F403

__all__ = ["CalibrantError", "Change", "Check", "Comparison", "Diff", "Difference", "Drawing", "Evaluation", "Figure", "Gate", "Pair", "__version__", "calibrators"]
__all__ += ["check", "compare", "diff", "evaluate", "evaluate_confidences", "evaluate_table", "metrics"]
__all__ += calibrators.__all__

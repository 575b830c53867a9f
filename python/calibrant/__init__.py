"""Calibrant: are a multi-class classifier's probabilities to be trusted?

>>> import calibrant
>>> evaluation = calibrant.evaluate(probabilities, labels)   # doctest: +SKIP
>>> evaluation.headline, evaluation.ece.value, evaluation.ece.interval   # doctest: +SKIP
"""

from calibrant import metrics
from calibrant._core import version as __version__
from calibrant._errors import CalibrantError
from calibrant._evaluation import Evaluation, Figure, evaluate, evaluate_confidences

__all__ = ["CalibrantError", "Evaluation", "Figure", "__version__", "evaluate", "evaluate_confidences", "metrics"]

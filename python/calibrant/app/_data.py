"""What was dropped or pasted into the page, what its columns mean, and what comes of it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from calibrant._errors import CalibrantError
from calibrant._evaluation import Evaluation
from calibrant._tables import evaluate_table

EXAMPLE = Path(__file__).parent / "example.csv"
EXAMPLE_SCORES = "p_*"
PASTED = "pasted-"  # how the files of pasted rows are called

PROBABILITIES = "Probabilities of all classes"
LOGITS = "Logits of all classes"
POSITIVE = "Probability of one of two classes"
CONFIDENCE = "Confidence in the prediction alone"
KINDS = (PROBABILITIES, LOGITS, POSITIVE, CONFIDENCE)


@cache
def _folder() -> str:
    """What the sessions of this server keep on disk lies here; it goes with the server, parts of it before."""
    folder = tempfile.mkdtemp(prefix="calibrant-app-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@dataclass(frozen=True)
class Meaning:
    """What the user says of the columns; empty texts are what was not said."""

    kind: str
    scores: list[str]
    positive_class: str
    column: str  # of the one probability or confidence
    prediction: str
    correct: str
    label: str
    bins: int

    def arguments(self) -> dict[str, Any]:
        """As `evaluate_table` wants them."""
        asked: dict[str, Any] = {"label": self.label or None, "bins": self.bins}
        if self.kind == LOGITS:
            asked["logits"] = True
        if self.kind in (PROBABILITIES, LOGITS):
            return {**asked, "scores": self.scores or None}
        if not self.column:
            raise CalibrantError(f"{self.kind}: got no column, expected the one that holds it; choose it under Column of the number")
        if self.kind == POSITIVE:
            if not self.positive_class:
                raise CalibrantError("Positive class: got no name, expected the class whose probability the column holds; write it as the labels do")
            return {**asked, "positive": (self.positive_class, self.column)}
        if self.correct:
            return {"bins": self.bins, "confidence": self.column, "correct": self.correct}
        return {**asked, "confidence": self.column, "prediction": self.prediction or None}


@dataclass(frozen=True)
class Outcome:
    """An evaluation, and the files of it that can be taken away."""

    evaluation: Evaluation
    folder: str
    json: str
    report: str

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def measure(path: str, name: str, meaning: Meaning) -> Outcome:
    evaluation = evaluate_table(path, name=name, **meaning.arguments())
    folder = tempfile.mkdtemp(dir=_folder())
    stem = Path(name).stem or "predictions"
    outcome = Outcome(evaluation, folder, os.path.join(folder, f"{stem}-calibration.json"), os.path.join(folder, f"{stem}-calibration.html"))
    Path(outcome.json).write_text(evaluation.to_json(), encoding="utf-8")
    evaluation.report(outcome.report)
    return outcome


def pasted(text: str) -> str:
    """Pasted rows as a file: tabs between columns as a spreadsheet copies them, else commas. Its path."""
    if not text.strip():
        raise CalibrantError("Pasted rows: got none, expected a line with the names of the columns and a line for every row; paste them, or drop a file")
    first = text.lstrip().partition("\n")[0]
    handle, path = tempfile.mkstemp(prefix=PASTED, dir=_folder(), suffix=".tsv" if "\t" in first else ".csv")
    with open(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text.strip() + "\n")
    return path


def discard(path: str) -> None:
    """Removes a file of pasted rows; Gradio removes those that were dropped."""
    if os.path.basename(path).startswith(PASTED):
        Path(path).unlink(missing_ok=True)

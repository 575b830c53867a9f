"""What all calibrators share: learning from arrays, mapping arrays, files and copies."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

import numpy as np
import numpy.typing as npt

from calibrant import _core
from calibrant._errors import CalibrantError
from calibrant._inputs import Array, Labels, as_float, label_indices, readable_rows, require_rows, to_numpy, weight_column
from calibrant._state import settings

METHODS: dict[str, type[Calibrator]] = {}
"""The class of every calibrator, by the name that the command and model files use."""


class Calibrator:
    """Base of all calibrators; its subclasses are in `calibrant.calibrators`.

    Learns from rows that the classifier has not been trained on, and not those on which the result is measured.

    Args:
        logits: the scores are logits or log-probabilities; otherwise probabilities. Never guessed.
        classes: the K classes in the order of the columns. Without them whole labels inside 0..K-1 are column numbers;
            otherwise the sorted distinct labels are the classes if there are exactly K of them.

    Attributes after `fit`:
        classes_: K classes.
        n_features_in_: K.
        parameters_: what was learned, by the names of model files.
        report_: dict: how the fit went (`loss_before`, `loss_after` in nats on the rows it learned from, `iterations`,
            `gradient`, `converged`, `notes`).
    """

    method: ClassVar[str] = ""

    def __init__(self, *, logits: bool = False, classes: Iterable[Any] | None = None) -> None:
        self.logits = logits
        self.classes = classes

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.method:
            METHODS[cls.method] = cls

    def fit(self, scores: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Any:
        """Learns from n x K scores of float16, float32 or float64 and n labels; returns itself.

        `sample_weight` (n): rows of weight 0 are left out, a weight of 2 counts as two rows. `groups` (n): rows of the same
        group (of one patient, of one video) stay together where the method cuts the rows into folds. O(n K) time for most
        methods; the scores are not copied or changed. Raises CalibrantError on rows that break the rules of scores or
        labels (invalid_scores, invalid_labels, invalid_weights), on fewer than two columns (shape_mismatch) and on a
        wrong option (invalid_argument).
        """
        return self._learn(scores, y, sample_weight, groups, None)

    def _learn(self, scores: Any, y: Any, sample_weight: Any, groups: Any, target: Any) -> Any:
        matrix = self._matrix(scores)
        truth, classes, names = self._truth(y, matrix.shape[1])
        require_rows("labels", len(truth.indices), len(matrix))
        self._model = _core.Model.fit(
            settings(kind="logits" if self.logits else "probabilities"),
            names,
            matrix,
            truth.indices,
            truth.complaint,
            weight_column(sample_weight, len(matrix)),
            truth.shares,
            self.method,
            self._option_texts(),
            "scores",
            None if target is None else self._matrix(target),
            None if groups is None else _keys(groups, len(matrix)),
        )
        self.classes_ = classes
        return self

    def predict_proba(self, scores: Any) -> npt.NDArray[Any]:
        """n x K probabilities: float64 of float64 scores, otherwise float32. Row by row, so batches do not matter.

        Raises CalibrantError before `fit`, on another number of columns and on rows that break the rules of scores.
        """
        return self._fitted().apply(self._matrix(scores), 0)

    def predict(self, scores: Any) -> npt.NDArray[Any]:
        """n labels of the most probable class, the first one among equals."""
        best: npt.NDArray[Any] = self.classes_[self.predict_proba(scores).argmax(axis=1)]
        return best

    @property
    def n_features_in_(self) -> int:
        return len(self._fitted().classes)

    @property
    def method_(self) -> str:
        """The name of what has learned: of an automatic choice that of the chosen calibrator."""
        return self._fitted().method

    @property
    def parameters_(self) -> dict[str, Any]:
        return self._fitted().parameters()

    @property
    def report_(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self._fitted().description())["fit"]
        return report

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a model file (docs/formats/model.md), which `calibrant apply` and `calibrant.load` read; all or nothing."""
        self._fitted().write(os.fspath(path))

    def to_onnx(self, path: str | os.PathLike[str]) -> None:
        """Writes an ONNX model (opset 17) with one float32 input "scores" and one output "probabilities", both N x K.

        Raises CalibrantError (unsupported) where standard operators cannot express the method exactly.
        """
        self._fitted().write_onnx(os.fspath(path))

    # What scikit-learn asks of an estimator, without importing it.

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("logits", "classes", *self._option_names())}

    def set_params(self, **params: Any) -> Any:
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise ValueError(f"{name}: {type(self).__name__} has no such parameter, expected one of {', '.join(known)}")
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_model")

    def __sklearn_tags__(self) -> Any:
        tags = importlib.import_module("sklearn.utils")
        return tags.Tags(
            estimator_type="classifier",
            target_tags=tags.TargetTags(required=True),
            transformer_tags=None,
            regressor_tags=None,
            classifier_tags=tags.ClassifierTags(),
            input_tags=tags.InputTags(two_d_array=False),
        )

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items() if value is not None)
        return f"{type(self).__name__}({shown})"

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        if "_model" in state:
            state["_model"] = state["_model"].encode()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "_model" in state:
            self._model = _core.Model.decode(state["_model"], "pickle")

    @classmethod
    def _option_names(cls) -> list[str]:
        return [name for name, _ in dict(_core.calibrator_options())[cls.method]]

    def _option_texts(self) -> list[tuple[str, str]]:
        texts = []
        for name in self._option_names():
            value = getattr(self, name)
            if value is not None:
                texts.append((name, _text(value)))
        return texts

    def _matrix(self, scores: Any) -> Array:
        matrix = to_numpy(scores, "scores")
        if matrix.ndim != 2 or matrix.shape[1] < 2:
            raise CalibrantError(
                f"scores: got an array of shape {matrix.shape}, expected n x K with K >= 2; of two classes give both "
                "columns, np.stack([1 - p, p], axis=1) where p is the probability of the second one",
                "shape_mismatch",
            )
        return readable_rows(as_float(matrix))

    def _truth(self, y: Any, columns: int) -> tuple[Labels, npt.NDArray[Any], list[str] | None]:
        """Class indices, the classes, and their names unless they are the numbers of the columns."""
        if self.classes is not None:
            classes = np.asarray(list(self.classes))
            names = [str(name) for name in classes.tolist()]
            _core.require_classes(names, columns)
            return label_indices(y, names), classes, names
        labels = to_numpy(y, "labels")
        if labels.ndim == 2 and labels.shape[1] == columns and columns > 1:
            return label_indices(labels, None), np.arange(columns), None
        labels = labels.ravel()
        if labels.size == 0:
            labels = labels.astype(np.int32)
        whole = labels.dtype.kind in "iub"
        if labels.dtype.kind == "f" or labels.size == 0 or (whole and labels.min() >= 0 and labels.max() < columns):
            return label_indices(labels, None), np.arange(columns), None
        distinct = np.unique(labels.astype(str) if labels.dtype == object else labels)
        if len(distinct) != columns:
            raise CalibrantError(
                f"labels: got {len(distinct)} different ones beside {columns} columns of scores, so it is not known which "
                "column belongs to which; give the classes in the order of the columns as classes=[...]",
                "invalid_labels",
            )
        names = [str(name) for name in distinct.tolist()]
        return label_indices(labels, names), distinct, names

    def _fitted(self) -> _core.Model:
        if not hasattr(self, "_model"):
            _not_fitted(type(self).__name__)
        return self._model


def _not_fitted(name: str) -> NoReturn:
    raise CalibrantError(f"{name}: has not learned yet, expected a call of fit(scores, labels) first")


def load(path: str | os.PathLike[str]) -> Calibrator:
    """The calibrator in a model file, ready for `predict_proba`. Raises CalibrantError on damage (malformed_input), a newer
    format (unsupported) and a file that cannot be read (missing_input)."""
    model = _core.Model.read(os.fspath(path))
    kind = METHODS[model.method]
    options = json.loads(model.description())["options"]
    calibrator = kind(logits=model.kind == "logits", classes=model.classes, **options)
    calibrator._model = model
    calibrator.classes_ = np.asarray(model.classes)
    return calibrator


def _keys(groups: Any, n: int) -> Array:
    """A number for each group, by the order of their names."""
    names = to_numpy(groups, "groups").ravel()
    require_rows("groups", len(names), n)
    return np.unique(names, return_inverse=True)[1].astype(np.uint64)


def _text(value: Any) -> str:
    """An option's value as the command writes it: true, 0.2,0.8, 15."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    return ",".join(repr(float(each)) for each in value)

"""`evaluate_table`: predictions in files, or in tables of any library that speaks the Arrow C stream interface."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from calibrant import _core
from calibrant._errors import CalibrantError
from calibrant._evaluation import Evaluation
from calibrant._state import settings

OpenStream = Callable[[Sequence[str]], Any]
ARROW_FILES = {".parquet": "parquet", ".pq": "parquet", ".arrow": "ipc", ".feather": "ipc"}
BATCH_ROWS = 32_768


def evaluate_table(
    table: Any,
    *,
    scores: str | Sequence[str] | None = None,
    positive: tuple[str, str] | None = None,
    confidence: str | None = None,
    prediction: str | None = None,
    correct: str | None = None,
    label: str | None = None,
    soft_labels: str | None = None,
    labels_file: str | os.PathLike[str] | None = None,
    id: str | None = None,
    weight: str | None = None,
    group: str | None = None,
    classes: Sequence[Any] | None = None,
    logits: bool = False,
    percent: bool = False,
    name: str | None = None,
    **options: Any,
) -> Evaluation:
    """How well calibrated the predictions in a table are; columns mean what the command's options of these names say.

    Args:
        table: a file (.csv, .tsv, .npz, .jsonl, .parquet, .arrow and others), several as shards of one data set, or a
            table with `__arrow_c_stream__`: of pyarrow, polars, pandas, DuckDB. Its columns are read where they lie.
            Parquet and Arrow files need pyarrow, and come alone.
        scores: columns of the classes: a pattern such as "p_*", whose * is the name of the class, or names; or the one
            column that holds all scores of a row. Without it, every column without another role.
        positive: a class and the column of its probability, instead of `scores`; the other class is the other label.
        confidence: column of the probability of the predicted class, where nothing else is known of a row; with
            `prediction` or `correct`.
        prediction: column of the predicted class, beside `confidence`.
        correct: column of 1 or 0, instead of labels and predictions.
        label: column of the true class; without it "label".
        soft_labels: columns of the shares of the classes, instead of `label`, by a pattern or names.
        labels_file: another file that holds the labels.
        id: column that joins the rows of `labels_file`.
        weight: column of weights.
        group: column of groups; each gets a panel of its own.
        classes: names of the classes in the order of the columns.
        logits: scores are unnormalised log-probabilities. Never guessed.
        percent: probabilities are given from 0 to 100.
        name: of the table in the result and in messages, instead of its path.
        options: those of `calibrant.evaluate`: bins, metrics, level, on_invalid, renormalize, threads, ...

    Raises:
        CalibrantError: says which file, row and column, what was got, what was expected and what to do.

    Rows stream: memory does not grow with a file, unless a metric sorts the rows. O(n K) time without the GIL.
    """
    asked = _core.Input()
    asked.paths, open_stream = source_of(table)
    asked.scores = scores if scores is None or isinstance(scores, str) else ",".join(scores)
    asked.positive = None if positive is None else (str(positive[0]), str(positive[1]))
    asked.confidence = confidence
    asked.prediction = prediction
    asked.correct = correct
    asked.label = label
    asked.soft_labels = soft_labels
    asked.labels_file = None if labels_file is None else os.fspath(labels_file)
    asked.id = id
    asked.weight = weight
    asked.group = group
    asked.classes = [] if classes is None else [str(name) for name in classes]
    asked.percent = percent
    chosen = _settings("top_label" if confidence is not None else "logits" if logits else "probabilities", options)
    if name is None:
        return Evaluation(_core.measure_table(chosen, asked, open_stream), chosen)
    asked.names = [name]
    try:
        return Evaluation(_core.measure_table(chosen, asked, open_stream), chosen)
    except CalibrantError as problem:
        raise CalibrantError(str(problem).replace(asked.paths[0], name), problem.code) from None


def columns_of(table: Any) -> list[tuple[str, bool]]:
    """The names of a table's columns, each with whether its cells hold the scores of several classes."""
    asked = _core.Input()
    asked.paths, open_stream = source_of(table)
    return _core.table_columns(asked, open_stream)


def _settings(kind: str, options: dict[str, Any]) -> _core.Settings:
    if "per_class" in options:
        options["per_class_reliability"] = options.pop("per_class")
    whole = options.get("metrics") is None and options.get("peer") is None
    return settings(kind=kind, whole_panel=whole, **options)


def source_of(table: Any) -> tuple[list[str], OpenStream | None]:
    """Names of the sources, and how to get at the rows of one that the core does not open itself."""
    if hasattr(table, "__arrow_c_stream__"):
        return ["table"], _StreamOf(table)
    if isinstance(table, (str, os.PathLike)):
        path = os.fspath(table)
        kind = ARROW_FILES.get(Path(path).suffix.lower())
        return [path], None if kind is None else _arrow_file(path, kind)
    if isinstance(table, Sequence) and table and all(isinstance(path, (str, os.PathLike)) for path in table):
        paths = [os.fspath(path) for path in table]
        if len(paths) == 1:
            return source_of(paths[0])
        for path in paths:
            if Path(path).suffix.lower() in ARROW_FILES:
                raise CalibrantError(f"{path}: Parquet and Arrow files come alone, expected one; evaluate shards apart and merge their states, or use the command", "unsupported")
        return paths, None
    raise CalibrantError(f"table: got {type(table).__name__}, expected the path of a file, or a table with __arrow_c_stream__ (pyarrow, polars, pandas 2.2, DuckDB)")


class _StreamOf:
    """Streams of a table, which can be asked for more than once; a reader of batches can be read only once."""

    def __init__(self, table: Any) -> None:
        if hasattr(table, "read_next_batch"):  # pyarrow.RecordBatchReader: kept, so that a second look is possible
            table = table.read_all()
        self._table = table

    def __call__(self, wanted: Sequence[str]) -> Any:
        return self._table.__arrow_c_stream__()


def _arrow_file(path: str, kind: str) -> OpenStream:
    """A Parquet or Arrow file by pyarrow, which streams the columns that are wanted in batches."""
    if not os.path.isfile(path):
        raise CalibrantError(f"{path}: is no file, expected predictions; check the path", "missing_input")
    try:
        arrow = importlib.import_module("pyarrow")
        datasets = importlib.import_module("pyarrow.dataset")
    except ImportError:
        raise CalibrantError(
            f"{path}: Parquet and Arrow files are read by pyarrow, which is not installed; pip install 'calibrant[parquet]'", "unsupported"
        ) from None

    def refuse(problem: Exception) -> CalibrantError:
        name = "Parquet" if kind == "parquet" else "Arrow"
        reason = str(problem).replace(f" '{path}'", "").partition("\n")[0].rstrip(". ")
        return CalibrantError(f"{path}: is not a readable {name} file ({reason}), expected one; write it again", "malformed_input")

    def open_stream(wanted: Sequence[str]) -> Any:
        try:
            if kind == "ipc":
                return _checked_batches(arrow, path).__arrow_c_stream__()
            data = datasets.dataset(path, format=kind)
            if not wanted:
                return data.schema.empty_table().__arrow_c_stream__()
            scanner = data.scanner(columns=list(wanted), batch_size=BATCH_ROWS, batch_readahead=2, fragment_readahead=1)
            return scanner.to_reader().__arrow_c_stream__()
        except (arrow.ArrowException, OSError) as problem:
            raise refuse(problem) from None

    return open_stream


def _checked_batches(arrow: Any, path: str) -> Any:
    """A reader of the batches of an Arrow file or stream, each checked value by value: pyarrow takes offsets and indices of a
    file as they are, and whoever follows a damaged one reads memory that is not the table's."""
    source = arrow.OSFile(path)
    if _has_footer(path):
        file = arrow.ipc.open_file(source)
        schema, batches = file.schema, (file.get_batch(i) for i in range(file.num_record_batches))
    else:
        stream = arrow.ipc.open_stream(source)
        schema, batches = stream.schema, iter(stream)

    def checked() -> Iterator[Any]:
        for batch in batches:
            batch.validate(full=True)
            yield batch

    return arrow.RecordBatchReader.from_batches(schema, checked())


def _has_footer(path: str) -> bool:
    """Whether an Arrow file is of the file format, which begins and ends with its magic; else it is a stream."""
    with open(path, "rb") as file:
        return file.read(6) == b"ARROW1"

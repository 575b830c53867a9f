"""Rows stream: peak memory does not depend on how many there are, for metrics that keep sums alone."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

CLASSES = 8
FEW, MANY = 50_000, 1_000_000
SCORES = np.full((1000, CLASSES), 1 / CLASSES, dtype=np.float32)
LABELS = np.arange(1000) % CLASSES


def write_npy(folder: Path, rows: int) -> list[str]:
    np.save(folder / "x.npy", np.tile(SCORES, (rows // 1000, 1)))
    np.save(folder / "y.npy", np.tile(LABELS, rows // 1000))
    return ["x.npy", "--labels", "y.npy"]


def write_csv(folder: Path, rows: int) -> list[str]:
    header = ",".join([f"p_{k}" for k in range(CLASSES)] + ["label"]) + "\n"
    body = "".join(",".join(["0.125"] * CLASSES + [str(y)]) + "\n" for y in LABELS)
    with open(folder / "x.csv", "w") as file:
        file.write(header)
        for _ in range(rows // 1000):
            file.write(body)
    return ["x.csv", "--scores", "p_*"]


def write_parquet(folder: Path, rows: int) -> list[str]:
    """Row groups of the usual size, from random numbers that do not compress to nothing."""
    random = np.random.default_rng(1)
    with pq.ParquetWriter(folder / "x.parquet", pa.schema([(f"p_{k}", pa.float32()) for k in range(CLASSES)] + [("label", pa.int8())])) as writer:
        for _ in range(rows // 50_000):
            scores = random.random((50_000, CLASSES), dtype=np.float32)
            scores /= scores.sum(axis=1, keepdims=True)
            columns = {f"p_{k}": scores[:, k] for k in range(CLASSES)} | {"label": random.integers(0, CLASSES, 50_000, dtype=np.int8)}
            writer.write_table(pa.table(columns))
    return ["x.parquet", "--scores", "p_*"]


def write_npz(folder: Path, rows: int) -> list[str]:
    """Random numbers, which deflate hardly packs."""
    scores = np.random.default_rng(1).random((rows, CLASSES), dtype=np.float32)
    np.savez_compressed(folder / "x.npz", scores=scores / scores.sum(axis=1, keepdims=True), label=np.tile(LABELS, rows // 1000))
    return ["x.npz"]


def write_jsonl(folder: Path, rows: int) -> list[str]:
    body = "".join(json.dumps({"p": {str(k): 0.125 for k in range(CLASSES)}, "label": int(y)}) + "\n" for y in LABELS)
    with open(folder / "x.jsonl", "w") as file:
        for _ in range(rows // 1000):
            file.write(body)
    return ["x.jsonl"]


def write_arrow(folder: Path, rows: int) -> list[str]:
    random = np.random.default_rng(1)
    schema = pa.schema([("p", pa.list_(pa.float32(), CLASSES)), ("label", pa.int8())])
    with pa.OSFile(str(folder / "x.arrow"), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for _ in range(rows // 50_000):
            scores = random.random((50_000, CLASSES), dtype=np.float32)
            scores /= scores.sum(axis=1, keepdims=True)
            lists = pa.FixedSizeListArray.from_arrays(pa.array(scores.ravel()), CLASSES)
            writer.write_table(pa.table({"p": lists, "label": random.integers(0, CLASSES, 50_000, dtype=np.int8)}, schema=schema))
    return ["x.arrow"]


# A process inherits the peak of the one that starts it, so a small one starts the command and asks for its peak.
MEASURE = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"


def peak(calibrant, arguments: list[str], kind: str = "--probabilities") -> int:
    """Peak resident memory of one run, in MB; none of the metrics keeps rows to sort them."""
    command = [calibrant.command, "evaluate", *arguments, kind, "--quiet", "--threads", "2", "--metrics", "log_loss,brier,ece,classwise_ece", "--json", "out.json"]
    done = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE, *command], cwd=calibrant.folder, env=calibrant.environment, check=True, capture_output=True)
    return int(done.stdout) // 1024


@pytest.mark.parametrize("write", [write_npy, write_csv, write_parquet, write_npz, write_jsonl, write_arrow], ids=lambda write: write.__name__)
def test_peak_memory_does_not_grow_with_the_rows(calibrant, write) -> None:
    few = peak(calibrant, write(calibrant.folder, FEW))
    many = peak(calibrant, write(calibrant.folder, MANY))
    # Twenty times the rows, 30 MB or more of further data: what is kept must be far less than that.
    assert many < few + 12, f"{few} MB for {FEW} rows, {many} MB for {MANY}"
    assert many < 200


WIDE_ROWS = 60


def wide_csv(folder: Path, scores: np.ndarray, labels: np.ndarray) -> list[str]:
    with open(folder / "x.csv", "w") as file:
        print(*range(scores.shape[1]), "label", sep=",", file=file)
        for row, y in zip(scores.tolist(), labels, strict=True):
            print(*(f"{x:.3f}" for x in row), y, sep=",", file=file)
    return ["x.csv"]


def wide_npz(folder: Path, scores: np.ndarray, labels: np.ndarray) -> list[str]:
    np.savez_compressed(folder / "x.npz", scores=scores, label=labels)
    return ["x.npz"]


def wide_jsonl(folder: Path, scores: np.ndarray, labels: np.ndarray) -> list[str]:
    with open(folder / "x.jsonl", "w") as file:
        for row, y in zip(scores.tolist(), labels, strict=True):
            keys = ",".join(f'"{k}":{x:.3f}' for k, x in enumerate(row))
            print(f'{{"s":{{{keys}}},"label":{y}}}', file=file)
    return ["x.jsonl"]


def wide_lists(folder: Path, scores: np.ndarray, labels: np.ndarray) -> list[str]:
    pq.write_table(pa.table({"s": list(scores), "label": labels}), folder / "x.parquet")
    return ["x.parquet"]


def wide_arrow(folder: Path, scores: np.ndarray, labels: np.ndarray) -> list[str]:
    columns = {str(k): scores[:, k] for k in range(scores.shape[1])} | {"label": labels}
    pa.feather.write_feather(pa.table(columns), folder / "x.arrow")
    return ["x.arrow"]


@pytest.mark.parametrize("write", [wide_csv, wide_npz, wide_jsonl, wide_lists, wide_arrow], ids=lambda write: write.__name__)
def test_peak_memory_is_linear_in_the_classes(calibrant, write) -> None:
    """K = 100,000: anything that grows with K x K, or many objects for each class, shows."""
    peaks = []
    for classes in (25_000, 100_000):
        random = np.random.default_rng(classes)
        scores = random.normal(size=(WIDE_ROWS, classes)).astype(np.float32)
        arguments = write(calibrant.folder, scores, random.integers(0, classes, WIDE_ROWS))
        peaks.append(peak(calibrant, arguments, "--logits"))
    # About 8 KB for a class: the states of two threads and the table of classes, see docs/formats/state.md; and the rows.
    assert peaks[1] < 4.4 * peaks[0], f"{peaks[0]} MB for 25,000 classes, {peaks[1]} MB for 100,000"
    assert peaks[1] < 1500

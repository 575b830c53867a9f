"""Rows stream: peak memory does not depend on how many there are."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
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


# A process inherits the peak of the one that starts it, so a small one starts the command and asks for its peak.
MEASURE = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"


def peak(calibrant, arguments: list[str]) -> int:
    """Peak resident memory of one run, in MB."""
    command = [calibrant.command, "evaluate", *arguments, "--probabilities", "--quiet", "--threads", "2", "--json", "out.json"]
    done = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE, *command], cwd=calibrant.folder, env=calibrant.environment, check=True, capture_output=True)
    return int(done.stdout) // 1024


@pytest.mark.parametrize("write", [write_npy, write_csv, write_parquet], ids=["npy", "csv", "parquet"])
def test_peak_memory_does_not_grow_with_the_rows(calibrant, write) -> None:
    few = peak(calibrant, write(calibrant.folder, FEW))
    many = peak(calibrant, write(calibrant.folder, MANY))
    # Twenty times the rows, 30 MB or more of further data: what is kept must be far less than that.
    assert many < few + 12, f"{few} MB for {FEW} rows, {many} MB for {MANY}"
    assert many < 200

"""Makes the input files of the benchmarks: scores of a softmax over normal logits, labels of an over-confident model.

usage: inputs.py OUTPUT --rows N --classes K [--dtype float32] [--content probabilities|logits]

OUTPUT.npy gets the scores, and OUTPUT.labels.npy beside it the labels; OUTPUT.parquet has columns p_0 ... and label.
The same arguments give the same bytes. Runs in a process of its own, so that the memory it takes does not show in what
is measured.
"""

import argparse
import os
from pathlib import Path

import numpy as np

CHUNK_VALUES = 10_000_000
DISTINCT_CHUNKS = 5  # longer files repeat them, so that making them takes less time than reading them
LOGIT_DEVIATION = 2.0
TRUE_TEMPERATURE = 1.4  # labels follow softmax(logits / 1.4): the model is over-confident


def make_chunk(seed: int, rows: int, classes: int, content: str) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    logits = random.standard_normal((rows, classes), dtype=np.float32) * np.float32(LOGIT_DEVIATION)
    exponential = random.standard_exponential((rows, classes), dtype=np.float32)
    gumbel = -np.log(np.maximum(exponential, np.finfo(np.float32).tiny))
    labels = np.argmax(logits / np.float32(TRUE_TEMPERATURE) + gumbel, axis=1).astype(np.int64)
    if content == "logits":
        return logits, labels
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True), labels


def chunks(rows: int, classes: int, content: str):
    """Pairs (scores, labels) that follow one another."""
    size = max(1, CHUNK_VALUES // classes)
    made = []
    for start in range(0, rows, size):
        number = start // size
        if number < DISTINCT_CHUNKS:
            made.append(make_chunk(number, size, classes, content))
        scores, labels = made[number % DISTINCT_CHUNKS]
        yield scores[: rows - start], labels[: rows - start]


def write_npy(path: Path, rows: int, classes: int, dtype: str, content: str) -> None:
    partial = path.with_suffix(".partial")
    scores = np.lib.format.open_memmap(partial, mode="w+", dtype=dtype, shape=(rows, classes))
    labels = []
    done = 0
    for chunk_scores, chunk_labels in chunks(rows, classes, content):
        scores[done : done + len(chunk_labels)] = chunk_scores
        labels.append(chunk_labels)
        done += len(chunk_labels)
    scores.flush()
    np.save(path.with_suffix(".labels.npy"), np.concatenate(labels))
    os.replace(partial, path)


def write_parquet(path: Path, rows: int, classes: int, dtype: str, content: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(f"p_{k}", pa.from_numpy_dtype(dtype)) for k in range(classes)] + [("label", pa.int64())])
    partial = path.with_suffix(".partial")
    with pq.ParquetWriter(partial, schema, compression="snappy") as writer:
        for scores, labels in chunks(rows, classes, content):
            columns = [np.ascontiguousarray(scores[:, k], dtype=dtype) for k in range(classes)]
            writer.write_table(pa.table([*columns, labels], schema=schema))
    os.replace(partial, path)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("output", type=Path)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--classes", type=int, required=True)
    parser.add_argument("--dtype", choices=["float16", "float32", "float64"], default="float32")
    parser.add_argument("--content", choices=["probabilities", "logits"], default="probabilities")
    options = parser.parse_args()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    write = write_parquet if options.output.suffix == ".parquet" else write_npy
    write(options.output, options.rows, options.classes, options.dtype, options.content)


if __name__ == "__main__":
    main()

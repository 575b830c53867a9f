"""Makes tests/data/golden_*.npy: 5,000 rows of 4 classes whose probabilities are over-confident by a factor 1.5 in the logits.

The files are the reference; this script is their provenance (numpy 2.x, PCG64, seed 0)."""

from pathlib import Path

import numpy as np


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def main() -> None:
    r = np.random.default_rng(0)
    n, k = 5000, 4
    logits = r.normal(size=(n, k)) * 2
    served, true = softmax(1.5 * logits), softmax(logits)
    labels = (np.cumsum(true, axis=1) > r.random((n, 1))).argmax(axis=1)
    folder = Path(__file__).resolve().parents[2] / "tests" / "data"
    np.save(folder / "golden_probabilities.npy", served)
    np.save(folder / "golden_labels.npy", labels.astype(np.int32))


if __name__ == "__main__":
    main()

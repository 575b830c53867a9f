#!/usr/bin/env python3
"""Writes the small data sets of the peer modes' tests into tests/compat/data: confidences on bin edges, with ties, and of exactly 1.

usage: make_data.py        (the files are stored, so that no other random generator changes them)
"""

from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "data"


def write(name: str, scores: np.ndarray, labels: np.ndarray) -> None:
    np.save(FOLDER / f"{name}_scores.npy", scores)
    np.save(FOLDER / f"{name}_labels.npy", labels.astype(np.int32))


def draw(random: np.random.Generator, truth: np.ndarray) -> np.ndarray:
    return (truth.cumsum(axis=1) > random.random((len(truth), 1)) * truth.sum(axis=1, keepdims=True)).argmax(axis=1)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    random = np.random.default_rng(20)
    # Shares of 20 equal parts: multiples of .05, so every edge of 5, 10 and 20 bins is hit, and 0 and 1 occur.
    parts = random.multinomial(20, random.dirichlet([0.4] * 4, size=600))
    ties = parts / 20
    labels = draw(random, 0.7 * ties + 0.3 / 4)
    write("ties_float64", ties, labels)
    write("ties_float32", ties.astype(np.float32), labels)

    positive = np.concatenate([np.round(random.beta(0.6, 0.6, size=280), 2), [0.0, 0.0, 1.0, 1.0, 1 / 3, 2 / 3, 0.1, 0.3, 0.6, 0.7] * 2])
    binary = np.stack([1 - positive, positive], axis=1)
    write("binary_float64", binary, draw(random, 0.8 * binary + 0.1))

    z = random.normal(size=(500, 6)) * 9
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    saturated = (exponentials / exponentials.sum(axis=1, keepdims=True)).astype(np.float32)
    write("saturated_float32", saturated, draw(random, 0.85 * saturated + 0.15 / 6))


if __name__ == "__main__":
    main()

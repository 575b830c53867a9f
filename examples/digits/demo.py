#!/usr/bin/env python3
"""Train a few classifiers on scikit-learn's digits, save what they predict, and audit them: measure, correct, measure again.

usage: demo.py --command PATH_TO_CALIBRANT --output FOLDER
       demo.py --csv --output FOLDER      writes CSV files and audits nothing; those in examples/digits were made so
"""

import argparse
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

CLASSIFIERS = {
    "naive_bayes": GaussianNB(),
    "nearest_neighbours": KNeighborsClassifier(n_neighbors=5),
    "logistic_regression": make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000)),
}


def save_table(table: pa.Table, path: Path) -> None:
    """Parquet, or CSV with 8 significant digits, by the ending of the path."""
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    lines = [",".join(table.column_names)] + [",".join(f"{value:.8g}" for value in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def predictions() -> dict[str, pa.Table]:
    """Of each classifier on digits that it has not seen: columns p_0 ... p_9 (probability of each digit) and label."""
    images, digits = load_digits(return_X_y=True)
    train_images, test_images, train_digits, test_digits = train_test_split(
        images, digits, test_size=0.5, random_state=0, stratify=digits
    )
    tables = {}
    for name, classifier in CLASSIFIERS.items():
        classifier.fit(train_images, train_digits)
        probabilities = classifier.predict_proba(test_images)
        columns = {f"p_{digit}": probabilities[:, k] for k, digit in enumerate(classifier.classes_)}
        tables[name] = pa.table({**columns, "label": test_digits})
    return tables


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", type=Path, help="the calibrant command")
    parser.add_argument("--csv", action="store_true", help="write CSV files and stop")
    parser.add_argument("--output", type=Path, required=True, help="folder for the predictions")
    options = parser.parse_args()
    if options.command is None and not options.csv:
        parser.error("--command is needed, or --csv")
    options.output.mkdir(parents=True, exist_ok=True)
    for name, table in predictions().items():
        if options.csv:
            save_table(table, options.output / f"{name}.csv")
            continue
        files = [options.output / f"{name}_{part}.parquet" for part in ("validation", "test")]
        for first, file in enumerate(files):
            save_table(table.take(list(range(first, len(table), 2))), file)
        command = [str(options.command), "audit", *map(str, files), "--scores", "p_*", "--probabilities"]
        command += ["-o", str(options.output / name)]
        shown = " ".join(f"'{word}'" if "*" in word else word for word in command)
        print(f"\n$ {shown}", flush=True)
        status = subprocess.run(command, check=False).returncode
        if status != 0:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())

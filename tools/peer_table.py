#!/usr/bin/env python3
"""Writes docs/peers.md: what each peer of `evaluate --peer` does differently, and its numbers beside ours.

usage: peer_table.py COMMAND [--check]    from the command and the stored numbers of the packages (tests/compat/peer_table.json)
       peer_table.py COMMAND --live       asks the packages first (.venv-bench: tools/install_deps.sh --bench; CALIBRANT_PEER_SOURCES for the
                                          sources that are on no package index) and stores what they answer
"""

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "compat"))

STORED = ROOT / "tests" / "compat" / "peer_table.json"
PAGE = ROOT / "docs" / "peers.md"
SHARED = ROOT.parent / "shared" / "data"

TITLES = {
    "golden": "Golden data: 5,000 synthetic rows of 4 classes, float64",
    "kull": "DenseNet-40 on CIFAR-10 (Kull et al. 2019): 10,000 rows of 10 classes, softmax in float64",
    "cifar100": "DenseNet-BC on CIFAR-100 (netcal's data): 10,000 rows of 100 classes, float32",
}

INTRODUCTION = """# Other packages, number by number

`calibrant evaluate --peer NAME` answers with the numbers of another package: its bins, its side of an edge, what it does at 0 and 1. It is for comparing with a
number that somebody else reported. Without `--peer` the textbook rules apply, and they come with intervals.

```text
calibrant evaluate preds.csv --probabilities --scores 'p_*' --peer netcal
calibrant evaluate preds.csv --probabilities --scores 'p_*' --peer torchmetrics --bins 10 --json result.json
```

- `options.peer`, `options.bins` and `options.edges` of the JSON result say whose rules these are. `--bins` is what you would ask the package for; without it, its default.
- A metric that the package has carries its value under the name of ours; every other one is null with a reason. There are no intervals and no p-values: none has been
  tested for these rules. The reliability diagram has the package's bins; the headline and the warnings are Calibrant's own.
- Sums are exact here. A package that adds in float32, as those on torch do, misses its own exact value: by up to 2e-6 on the 5,000 rows below, 5e-6 on the 10,000, more on
  more. One that adds in float64 agrees to 1e-12. Where torch-uncertainty sorts rows, ties come in the order that an unstable sort leaves: a larger difference of
  its aurc and augrc below comes from confidences that are equal.
- Logits become probabilities in float64 first. A package that is given float32 probabilities compares and clips in that type, and so do these modes when the file holds
  float32; float16 is taken as float32 but for clipping.
- Peers know no weights here: `--weight`, `--soft-labels`, `--state` and `--from-state` are refused beside `--peer`. Rules of fixed edges take bounded memory. Bins of
  equal mass and smoothing keep 24 bytes a row, bins of equal mass for classes 8 K bytes a row, up to 4 GiB; `--metrics ece` asks for less.

**Not offered.** fortuna: its ECE has ten edges from 1/n to 1 in float32, so it changes with the number of rows, and its MCE multiplies gaps by counts (a quantity from 0
to 1 became 127.7). The softmax that torchmetrics applies to a whole batch when one number is outside [0, 1]: the kind of scores is declared here. The binary tasks of
torchmetrics and others, about one column: they are a quantity of their own. MMCE of netcal, the simplex-binned error of PyCalib, Keras' ECE of robustness_metrics: no
metric of the catalogue.
"""


@contextlib.contextmanager
def data_sets() -> Iterator[dict[str, tuple[Path, Path]]]:
    """Scores and labels by name, as far as they are there."""
    import numpy as np

    sets = {"golden": (ROOT / "tests/data/golden_probabilities.npy", ROOT / "tests/data/golden_labels.npy")}
    with tempfile.TemporaryDirectory() as folder:
        kull = SHARED / "kull_densenet40_c10"
        if kull.is_dir():
            z = np.load(kull / "test_logits.npy").astype(np.float64)
            p = np.exp(z - z.max(axis=1, keepdims=True))
            np.save(Path(folder) / "kull.npy", p / p.sum(axis=1, keepdims=True))
            sets["kull"] = (Path(folder) / "kull.npy", kull / "test_labels.npy")
        cifar = SHARED / "netcal_cifar"
        if cifar.is_dir():
            sets["cifar100"] = (cifar / "densenet-bc-100-cifar-100_probs.npy", cifar / "densenet-bc-100-cifar-100_labels.npy")
        yield sets


def ask_the_packages() -> dict:
    """Every number of every peer, ours and the package's; where there is none, why."""
    from peer_support import LivePeers, PeerFailure, catalogue, evaluate, known_metrics

    live = LivePeers()
    known = known_metrics()
    versions = {}
    rows = []
    with data_sets() as sets:
        for name, (scores, labels) in sets.items():
            for peer in catalogue():
                ours = evaluate(scores, labels, peer["name"], None)["metrics"]
                for metric in peer["metrics"]:
                    if metric not in known:
                        continue
                    row = {"data": name, "peer": peer["name"], "metric": metric, "ours": ours[metric]["value"]}
                    try:
                        row["theirs"] = live.ask(peer["name"], metric, scores, labels, None)
                        versions[peer["name"]] = live.version(peer["name"])
                    except PeerFailure as failure:
                        row["why_not"] = "published numbers only, see tests/compat/test_kull_tables.py" if peer["name"] == "kull" else str(failure)
                    rows.append(row)
    live.close()
    return {"made_by": "tools/peer_table.py --live", "versions": versions, "rows": rows}


def number(x: float | None) -> str:
    return "" if x is None else f"{x:.12g}"


def page(stored: dict, peers: list[dict]) -> str:
    text = INTRODUCTION + "\n## What each does differently\n"
    for peer in peers:
        text += f"\n### {peer['name']}\n\n{peer['package']} {peer['version']}. {peer['differences']}\n\n"
        text += f"| bins | {peer['edges']} |\n|---|---|\n| p = 0 | {peer['at_zero']} |\n| p = 1 | {peer['at_one']} |\n"
        classes = "" if peer["default_bins"] == peer["default_class_bins"] else f", of classes {peer['default_class_bins']}"
        text += f"| default | {peer['default_bins']}{classes} |\n"
        for metric, call in peer["metrics"].items():
            text += f"| `{metric}` | `{call}` |\n"
        for metric, reason in peer["refused"].items():
            text += f"| `{metric}` | not offered: {reason} |\n"
    text += "\n## Numbers\n\nWith each package's default number of bins. Made by `tools/peer_table.py --live`; a test compares our column with what the command says.\n"
    for data, title in TITLES.items():
        rows = [row for row in stored["rows"] if row["data"] == data]
        if not rows:
            continue
        text += f"\n### {title}\n\n| peer | version | metric | ours | package | difference |\n|---|---|---|---|---|---|\n"
        for row in rows:
            theirs = row.get("theirs")
            difference = f"{abs(row['ours'] - theirs):.1e}" if theirs is not None and row["ours"] is not None else row.get("why_not", "")
            version = stored["versions"].get(row["peer"], "")
            text += f"| {row['peer']} | {version} | `{row['metric']}` | {number(row['ours'])} | {number(theirs)} | {difference} |\n"
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--live", action="store_true")
    options = parser.parse_args()
    os.environ["CALIBRANT_COMMAND"] = str(Path(options.command).resolve())
    from peer_support import catalogue

    if options.live:
        answered = ask_the_packages()
        rows = ",\n  ".join(json.dumps(row) for row in answered.pop("rows"))
        STORED.write_text(json.dumps(answered, indent=1)[:-2] + f',\n "rows": [\n  {rows}\n ]\n}}\n', encoding="utf-8")
    wanted = page(json.loads(STORED.read_text(encoding="utf-8")), catalogue())
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    if options.check:
        print("stale: docs/peers.md; run tools/peer_table.py COMMAND", file=sys.stderr)
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

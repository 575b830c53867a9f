#!/usr/bin/env python3
"""Asks the live peers for every number of the peer modes and stores the answers in tests/compat/fixtures, one file a peer.

usage: make_fixtures.py [PEER...]      (needs .venv-bench: tools/install_deps.sh --bench; sources that are on no package index are taken from
                                        CALIBRANT_PEER_SOURCES, and their stored values stay where that is not set)
"""

import json
import math
import re
import sys

from peer_support import BENCH_PYTHON, DATA_SETS, FIXTURES, LivePeers, PeerFailure

BINS = (None, 5, 10, 15)
# An unstable sort decides in which order tied rows go, so only data without ties has a value.
ORDER_OF_TIES = {("torch_uncertainty", "adaptive_ece"), ("torch_uncertainty", "aurc"), ("torch_uncertainty", "augrc")}


def metrics_of_peers() -> dict[str, list[str]]:
    """What live_peers.py registers, by peer."""
    text = (FIXTURES.parent / "live_peers.py").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for arguments in re.findall(r"^@metric\(([^)]*)\)", text, flags=re.MULTILINE):
        peer, *metrics = re.findall(r'"([^"]*)"', arguments)
        found.setdefault(peer, []).extend(metrics)
    return found


def main(chosen: list[str]) -> int:
    live = LivePeers()
    for peer, metrics in metrics_of_peers().items():
        if chosen and peer not in chosen:
            continue
        values = []
        failures = []
        for data, (scores, labels) in DATA_SETS.items():
            for metric in metrics:
                if (peer, metric) in ORDER_OF_TIES and data != "golden":
                    continue
                for bins in BINS:
                    entry = {"data": data, "metric": metric, "bins": bins}
                    try:
                        value = live.ask(peer, metric, scores, labels, bins)
                        if not math.isfinite(value):
                            raise PeerFailure(f"the value is {value}")
                        values.append(entry | {"value": value})
                    except PeerFailure as failure:
                        failures.append(entry | {"error": str(failure)})
        if not values:
            print(f"{peer}: not there, stored values stay: {failures[0]['error']}")
            continue
        document = {
            "peer": peer,
            "version": live.version(peer),
            "made_by": f"tests/compat/make_fixtures.py with {BENCH_PYTHON.relative_to(FIXTURES.parents[2])}",
            "values": values,
            "failures": failures,
        }
        lines = json.dumps({key: value for key, value in document.items() if key not in ("values", "failures")}, indent=1)[:-2]
        for key in ("values", "failures"):
            lines += f',\n "{key}": [' + ",".join("\n  " + json.dumps(entry) for entry in document[key]) + "\n ]"
        (FIXTURES / f"{peer}.json").write_text(lines + "\n}\n", encoding="utf-8")
        print(f"{peer}: {len(values)} values, {len(failures)} failures")
    live.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

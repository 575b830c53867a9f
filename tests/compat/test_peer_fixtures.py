"""`calibrant evaluate --peer NAME` gives what the packages answered when they were asked (make_fixtures.py), without the packages."""

import functools
import json

import pytest
from peer_support import COMPAT, DATA_SETS, evaluate, known_metrics, stored, tolerance

FIXTURES = dict(stored())


@functools.cache
def result(peer: str, data: str, bins: int | None) -> dict:
    return evaluate(*DATA_SETS[data], peer, bins)


@pytest.mark.parametrize("data", DATA_SETS)
@pytest.mark.parametrize("peer", FIXTURES)
def test_stored_values(peer: str, data: str) -> None:
    known = known_metrics()
    entries = [entry for entry in FIXTURES[peer]["values"] if entry["data"] == data]
    assert entries
    for entry in entries:
        assert entry["metric"] in known, f"{entry['metric']} is no metric of the command"
        ours = result(peer, data, entry["bins"])["metrics"][entry["metric"]]
        assert ours["value"] == pytest.approx(entry["value"], rel=0, abs=tolerance(peer, entry["metric"], data.endswith("float32"))), entry


@pytest.mark.parametrize("peer", FIXTURES)
def test_where_the_peer_fails_there_is_a_reason(peer: str) -> None:
    for entry in FIXTURES[peer]["failures"]:
        ours = result(peer, entry["data"], entry["bins"])["metrics"][entry["metric"]]
        assert ours["value"] is None and ours["reason"], entry


@pytest.mark.parametrize("peer", FIXTURES)
def test_fixture_is_about_all_metrics_of_the_reproduced_version(peer: str, catalogue: dict) -> None:
    assert FIXTURES[peer]["version"] in catalogue[peer]["version"]
    assert {entry["metric"] for entry in FIXTURES[peer]["values"]} == set(catalogue[peer]["metrics"])


def test_every_peer_has_stored_values_or_published_ones(catalogue: dict) -> None:
    published = {"kull"}  # test_kull_tables.py
    assert set(FIXTURES) | published == set(catalogue)


def test_options_say_whose_rules_these_are(catalogue: dict) -> None:
    for name, peer in catalogue.items():
        options = evaluate(*DATA_SETS["golden"], name, None)["options"]
        assert options["peer"] == name
        assert options["bins"] == peer["default_bins"]
        assert options["edges"] == peer["edges"]
        assert evaluate(*DATA_SETS["golden"], name, 7)["options"]["bins"] == 7


def test_metrics_that_a_peer_lacks_are_null_with_a_reason(catalogue: dict) -> None:
    for name, peer in catalogue.items():
        for metric, entry in evaluate(*DATA_SETS["golden"], name, None)["metrics"].items():
            if metric in peer["metrics"]:
                assert entry["value"] is not None, (name, metric, entry)
                assert entry["interval"] is entry["p_value"] is entry["expected_if_calibrated"] is None
            else:
                assert entry["value"] is None and name in entry["reason"], (name, metric, entry)


def test_fixtures_are_plain_json() -> None:
    for path in (COMPAT / "fixtures").glob("*.json"):
        json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda constant: pytest.fail(f"{path.name}: {constant}"))

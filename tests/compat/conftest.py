"""Tests of the peer modes share peer_support.py beside them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import peer_support  # noqa: E402


@pytest.fixture(scope="session")
def live() -> Iterator[peer_support.LivePeers]:
    """The peers themselves."""
    if not peer_support.BENCH_PYTHON.exists():
        pytest.skip("no .venv-bench with the peers; tools/install_deps.sh --bench makes it")
    peers = peer_support.LivePeers()
    yield peers
    peers.close()


@pytest.fixture(scope="session")
def catalogue() -> dict[str, dict]:
    """What the command says of each peer, by name."""
    return {peer["name"]: peer for peer in peer_support.catalogue()}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "thread_unsafe: what scikit-learn's own suite says of a test")

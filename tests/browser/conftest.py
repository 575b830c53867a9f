"""What the browser tests share. Chromium comes with make test-report, test-docs and test-app."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def browser() -> Iterator:
    playwright = pytest.importorskip("playwright.sync_api", reason="the browser tests run in .venv-docs or .venv-app: make test-report, make test-app")
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium: make test-report installs it")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe_violations() -> Callable:
    """What axe complains of on a page: rule, element, what to do."""
    axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")
    source = (Path(axe_module.__file__).parent / "axe.min.js").read_text(encoding="utf-8")

    def violations(page, target: str = "document") -> list[tuple[str, str, str]]:
        # Injected under the policy of the page: axe's own file is evaluated by the browser's tools.
        page.evaluate(source)
        found = page.evaluate(f"axe.run({target}, {{ resultTypes: ['violations'] }})")
        return [(rule["id"], rule["nodes"][0]["html"][:200], rule["nodes"][0]["failureSummary"]) for rule in found["violations"]]

    return violations

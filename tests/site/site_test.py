"""Every page of the built site in a browser. Needs `make docs` and .venv-docs; `make test-docs` runs it."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlparse

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="the browser tests run in .venv-docs: make test-docs")

SITE = Path(__file__).resolve().parents[2] / "build/docs/html"
CHROMIUM = "/usr/bin/chromium"
WIDTHS = (1280, 390)
# Pages that Sphinx makes of itself.
OWN = {"genindex.html", "search.html"}

pytestmark = pytest.mark.skipif(not SITE.is_dir(), reason="the site is not built: make docs")


def pages() -> list[str]:
    return sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.html") if "_static" not in path.parts)


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if given.get("id"):
            self.anchors.add(given["id"])
        for key in ("href", "src"):
            if given.get(key):
                self.targets.add(given[key])


@pytest.fixture(scope="module")
def links() -> dict[str, Links]:
    return {page: Links((SITE / page).read_text(encoding="utf-8")) for page in pages()}


def test_the_site_has_its_parts() -> None:
    wanted = {
        "index.html", "tutorial.html", "which-number.html", "how-to/index.html", "concepts/index.html", "definitions.html", "reference/command.html",
        "api/index.html", "api/metrics.html", "formats/evaluation.html", "formats/state.html", "decisions/index.html", "statistics/coverage.html",
        "benchmarks.html", "changelog.html",
    }
    assert wanted - set(pages()) == set()


def test_links_inside_of_the_site_resolve(links) -> None:
    broken = []
    for page, found in links.items():
        for target in found.targets:
            if urlparse(target).scheme or target.startswith("//"):
                continue
            path, anchor = urldefrag(urljoin(page, target))
            path = unquote(urlparse(path).path)
            if not (SITE / path).exists():
                broken.append(f"{page}: {target}")
            elif anchor and path in links and unquote(anchor) not in links[path].anchors:
                broken.append(f"{page}: {target}")
    assert broken == []


def test_pages_load_nothing_from_elsewhere(links) -> None:
    for page in links:
        text = (SITE / page).read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe)[^>]+src=\"(https?:)?//[^\"]*\"|<link[^>]+href=\"https?://[^\"]*\"", text)
        assert loaded == [], page


@pytest.fixture(scope="module")
def browser() -> Iterator:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium: make test-docs installs it")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_opens_quietly(browser, width: int) -> None:
    """No console message, no error, no request beyond the files of the site, nothing wider than the window, no formula that fails."""
    complaints = []
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.on("console", lambda message: complaints.append(f"{tab.url}: {message.type}: {message.text}"))
    tab.on("pageerror", lambda error: complaints.append(f"{tab.url}: {error}"))
    tab.on("requestfailed", lambda request: complaints.append(f"{tab.url}: failed: {request.url}"))
    tab.on("request", lambda request: request.url.startswith(("file:", "data:")) or complaints.append(f"{tab.url}: asks for {request.url}"))
    for page in pages():
        tab.goto((SITE / page).as_uri())
        if tab.evaluate("document.querySelector('.math') !== null"):
            tab.wait_for_function("document.querySelector('mjx-container') !== null", timeout=20_000)
            tab.evaluate("MathJax.startup.promise")
            formulas, drawn = tab.evaluate("[document.querySelectorAll('.math').length, document.querySelectorAll('.math mjx-container').length]")
            if drawn < formulas:
                complaints.append(f"{page}: {formulas - drawn} formulas are not drawn")
            if tab.evaluate("document.querySelector('mjx-merror, [data-mjx-error]') !== null"):
                complaints.append(f"{page}: a formula is wrong: {tab.evaluate('document.querySelector(`mjx-merror, [data-mjx-error]`).outerHTML')[:200]}")
        if tab.evaluate("document.documentElement.scrollWidth") > width:
            complaints.append(f"{page}: wider than {width} pixels")
        if page not in OWN and not tab.evaluate("document.querySelector('article h1') !== null"):
            complaints.append(f"{page}: no heading")
    assert complaints == []


def test_the_search_finds_a_metric(browser) -> None:
    tab = browser.new_page()
    tab.goto((SITE / "search.html").as_uri() + "?q=spiegelhalter")
    tab.wait_for_selector("#search-results li a", timeout=20_000)
    assert "definitions.html" in tab.inner_html("#search-results")


def test_the_copy_button_takes_commands_alone(browser) -> None:
    tab = browser.new_page()
    tab.goto((SITE / "index.html").as_uri())
    tab.evaluate("document.addEventListener('copy', event => { window.copied = event.target.value ?? String(getSelection()) })")
    tab.locator(".highlight-console").first.hover()
    tab.locator(".highlight-console button.copybtn").first.click()
    tab.wait_for_function("window.copied !== undefined", timeout=5_000)
    copied = tab.evaluate("window.copied")
    assert copied.splitlines() == ["calibrant evaluate examples/predictions.csv --scores 'p_*' --probabilities \\", "  --metrics accuracy,ece,brier"]

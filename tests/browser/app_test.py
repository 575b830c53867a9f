"""The app, and those of the Spaces, in a browser. Needs the package and .venv-app; `make test-app` runs it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("gradio", reason="the tests of the app run in .venv-app: make test-app")
calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")
numpy = pytest.importorskip("numpy")

ROOT = Path(__file__).resolve().parents[2]
SPACES = sorted(path.parent.name for path in ROOT.glob("integrations/huggingface/*/app.py"))
EXAMPLE = ROOT / "examples/predictions.csv"
WIDTHS = (1280, 390)

# The server notes every host outside of this machine that it looks up or connects to.
GUARD = """
import socket, sys, runpy
def note(host):
    if host not in (None, "", "localhost", "127.0.0.1", "0.0.0.0", "::1"):
        with open(sys.argv[1], "a") as file: file.write(str(host) + "\\n")
connect, look_up = socket.socket.connect, socket.getaddrinfo
def guarded_connect(self, address):
    if isinstance(address, tuple): note(address[0])
    return connect(self, address)
def guarded_look_up(host, *rest, **more):
    note(host if not isinstance(host, bytes) else host.decode())
    return look_up(host, *rest, **more)
socket.socket.connect, socket.getaddrinfo = guarded_connect, guarded_look_up
what = sys.argv[2]
sys.argv = sys.argv[2:]
(runpy.run_path if what.endswith(".py") else runpy.run_module)(what, run_name="__main__")
"""


class Server:
    """An app that runs as its users run it, on a free port of this machine."""

    def __init__(self, folder: Path, *command: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.asked = folder / "asked.txt"
        self.log = folder / "server.log"
        environment = {**os.environ, "GRADIO_SERVER_PORT": str(self.port), "GRADIO_TEMP_DIR": str(folder / "gradio"), "TMPDIR": str(folder)}
        # A proxy would hide which host is asked for.
        environment = {name: value for name, value in environment.items() if "proxy" not in name.lower()}
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([sys.executable, "-c", GUARD, str(self.asked), *command], env=environment, stdout=log, stderr=log, cwd=folder)
        self.address = f"http://127.0.0.1:{self.port}/"
        for _ in range(600):
            try:
                urllib.request.urlopen(self.address, timeout=5).close()
                return
            except OSError:
                assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
                time.sleep(0.1)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("app"), "calibrant.app")
    yield running
    running.stop()


class Tab:
    """The app in a browser, which notes what the page asks other hosts for and what it complains of."""

    def __init__(self, browser, address: str, width: int = 1280, scheme: str = "light") -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True).new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("request", lambda request: request.url.startswith((address, "data:", "blob:")) or self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(address)
        self.page.wait_for_selector("#calibrant-value")

    def choose(self, element: str, option: str) -> None:
        """One option of a dropdown, by the keyboard as a reader without a mouse does."""
        field = self.page.locator(f"#{element} input")
        field.click()
        field.fill(option)
        field.press("Enter")
        field.press("Tab")

    def drop(self, path: Path) -> None:
        if not self.page.locator("#upload input[type=file]").count():
            self.page.locator("#upload button[aria-label='Clear'], #upload button[aria-label='Remove']").first.click()
        self.page.set_input_files("#upload input[type=file]", path)
        self.page.wait_for_function("name => document.querySelector('#status').innerText.includes(name)", arg=path.name)

    def measure(self) -> None:
        self.page.click("#measure")
        self.page.wait_for_function("() => /rows measured/.test(document.querySelector('#status').innerText) || document.querySelector('#status [role=alert]')")

    @property
    def number(self) -> float:
        return float(re.match(r"[\d.]+", self.page.inner_text("#calibrant-value"))[0])


@pytest.fixture
def tab(browser, server) -> Iterator[Tab]:
    opened = Tab(browser, server.address)
    yield opened
    opened.page.context.close()


@pytest.fixture(scope="module")
def rows() -> tuple:
    random = numpy.random.default_rng(3)
    scores = random.dirichlet([0.4] * 4, size=800)
    labels = (random.random((800, 1)) > (0.7 * scores + 0.075).cumsum(axis=1)).sum(axis=1).clip(max=3)
    return scores, labels


@pytest.fixture(scope="module")
def files(rows, tmp_path_factory) -> dict[str, Path]:
    """The same rows in files of several formats, and some that are no good."""
    scores, labels = rows
    folder = tmp_path_factory.mktemp("files")
    names = ["cat", "dog", "emu", "fox"]
    lines = [",".join([*(f"p_{name}" for name in names), "truth"])]
    lines += [",".join([*map(repr, row), names[label]]) for row, label in zip(scores.tolist(), labels.tolist(), strict=True)]
    (folder / "animals.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    numpy.savez(folder / "animals.npz", scores=scores, label=labels)
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {f"p_{name}": scores[:, k] for k, name in enumerate(names)}
    parquet.write_table(pyarrow.table({**columns, "truth": [names[label] for label in labels]}), folder / "animals.parquet")
    (folder / "percent.csv").write_text("a,b,label\n40,60,a\n30,70,b\n", encoding="utf-8")
    (folder / "broken.parquet").write_bytes(b"PAR1 is all there is")
    return {path.name: path for path in folder.iterdir()}


def test_it_starts_with_an_example(tab) -> None:
    whole = calibrant.evaluate_table(EXAMPLE, scores="p_*")
    assert tab.number == pytest.approx(whole.ece.value, abs=5e-5)
    assert whole.headline in tab.page.inner_text("#numbers")
    assert tab.page.locator("#diagram svg").is_visible() and tab.page.locator("#class-diagram svg").is_visible()


@pytest.mark.parametrize("name", ["animals.csv", "animals.parquet"])
def test_a_dropped_file_gives_the_numbers_of_the_package(tab, files, rows, name) -> None:
    expected = calibrant.evaluate(*rows)
    tab.drop(files[name])
    tab.choose("label", "truth")
    tab.choose("scores", "p_*")
    tab.measure()
    assert "800 rows measured" in tab.page.inner_text("#status"), tab.page.inner_text("#status")
    assert tab.number == pytest.approx(expected.ece.value, abs=5e-5)
    classes = {row["name"]: row for row in calibrant.evaluate_table(files[name], label="truth", scores="p_*").to_dict()["per_class"]}
    for one in ("emu", "fox", "cat"):
        tab.choose("class", one)
        tab.page.wait_for_function("name => document.querySelector('#calibrant-class').innerText.startsWith('Class ' + name)", arg=one)
        assert f"calibration error {classes[one]['calibration_error']:.4f}" in tab.page.inner_text("#calibrant-class")
        assert one in tab.page.locator("#class-diagram svg").text_content()


def test_what_is_taken_away_is_what_the_package_gives(tab, files, tmp_path) -> None:
    tab.drop(files["animals.npz"])
    tab.measure()
    whole = calibrant.evaluate_table(files["animals.npz"], name="animals.npz")
    with tab.page.expect_download() as coming:
        tab.page.click("#json")
    document = json.loads(Path(coming.value.path()).read_text(encoding="utf-8"))
    assert coming.value.suggested_filename == "animals-calibration.json"
    assert document == whole.to_dict()
    with tab.page.expect_download() as coming:
        tab.page.click("#report")
    assert whole.headline in Path(coming.value.path()).read_text(encoding="utf-8")


def test_pasted_rows_with_other_meanings(tab) -> None:
    random = numpy.random.default_rng(5)
    confidence = random.uniform(0.5, 1, 300)
    right = (random.random(300) < confidence - 0.2).astype(int)
    tab.page.fill("#pasted textarea", "sure\tright\n" + "\n".join(f"{c!r}\t{r}" for c, r in zip(confidence.tolist(), right.tolist(), strict=True)))
    tab.page.click("#take")
    tab.page.wait_for_function("() => /2 columns/.test(document.querySelector('#status').innerText)")
    tab.page.check("#kind input[value='Confidence in the prediction alone']")
    tab.choose("column", "sure")
    tab.choose("correct", "right")
    tab.measure()
    assert tab.number == pytest.approx(calibrant.evaluate_confidences(confidence, right).ece.value, abs=5e-5)

    tab.page.check("#kind input[value='Probability of one of two classes']")
    tab.choose("label", "right")
    tab.page.fill("#positive input, #positive textarea", "1")
    tab.measure()
    assert tab.number == pytest.approx(calibrant.evaluate(confidence, right).ece.value, abs=5e-5)


def test_what_a_session_leaves_is_removed(browser, tmp_path) -> None:
    """One set of results at a time, and nothing once the server stops."""
    running = Server(tmp_path, "calibrant.app")
    try:
        tab = Tab(browser, running.address)
        tab.measure()
        tab.page.fill("#pasted textarea", "a,b,label\n0.4,0.6,b\n0.7,0.3,b\n")
        for _ in range(2):
            tab.page.click("#take")
            tab.page.wait_for_function("() => /3 columns/.test(document.querySelector('#status').innerText)")
            tab.measure()
        (folder,) = tmp_path.glob("calibrant-app-*")
        kept = list(folder.iterdir())
        assert len(kept) == 2 and len([path for path in kept if path.name.startswith("pasted-")]) == 1, kept
    finally:
        running.stop()
    assert list(tmp_path.glob("calibrant-app-*")) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [("percent.csv", "percent"), ("broken.parquet", "broken.parquet: is not a readable Parquet file")],
)
def test_bad_input_is_refused_in_one_sentence(tab, files, name, says) -> None:
    tab.drop(files[name])
    if not tab.page.locator("#status [role=alert]").count():
        tab.measure()
    told = tab.page.locator("#status [role=alert]").inner_text()
    assert says in told and name in told and str(files[name].parent) not in told and "gradio" not in told
    assert "Traceback" not in tab.page.content()


def test_no_other_host_is_asked_for_anything(tab, server, files) -> None:
    tab.drop(files["animals.csv"])
    tab.choose("label", "truth")
    tab.choose("scores", "p_*")
    tab.measure()
    assert tab.requests == []
    assert tab.errors == []
    assert not server.asked.exists(), server.asked.read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_and_axe_finds_nothing(browser, axe_violations, server, width, scheme) -> None:
    tab = Tab(browser, server.address, width, scheme)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    if shots := os.environ.get("CALIBRANT_SCREENSHOTS"):
        tab.page.screenshot(path=f"{shots}/app-{width}-{scheme}.png", full_page=True)
    assert axe_violations(tab.page) == []


def test_the_keyboard_reaches_every_part(tab) -> None:
    wanted = {"upload", "pasted", "take", "kind", "label", "scores", "bins", "measure", "class", "json", "report"}
    reached = set()
    tab.page.evaluate("document.activeElement.blur()")
    for _ in range(60):
        tab.page.keyboard.press("Tab")
        reached.add(tab.page.evaluate("ids => ids.find(id => document.getElementById(id)?.contains(document.activeElement))", list(wanted)))
    assert wanted - reached == set()


@pytest.mark.parametrize("name", SPACES)
def test_the_app_of_a_space(browser, tmp_path, name) -> None:
    metric = {"ece": "ece", "brier": "brier", "nll": "log_loss", "classwise_ece": "classwise_ece", "calibration_report": "ece"}[name]
    running = Server(tmp_path, str(ROOT / "integrations/huggingface" / name / "app.py"))
    try:
        tab = Tab(browser, running.address)
        assert tab.number == pytest.approx(calibrant.evaluate_table(EXAMPLE, scores="p_*")[metric].value, abs=5e-5)
        assert tab.page.locator("#calibrant-value").locator("xpath=preceding-sibling::strong").inner_text() == metric
        assert tab.requests == [] and not running.asked.exists()
    finally:
        running.stop()

"""Tables of every library that speaks the Arrow C stream interface, and files, by the one reader of the core."""

import json
import os
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest

calibrant = pytest.importorskip("calibrant", reason="the package is built by `make build` and found by PYTHONPATH")

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/predictions.csv"
COMMAND = os.path.abspath(os.environ.get("CALIBRANT_COMMAND", str(ROOT / "build/release/bin/calibrant")))
NAMES = ["cat", "dog", "owl"]
ROWS = 5000


@pytest.fixture(scope="module")
def columns():
    random = np.random.default_rng(11)
    scores = random.dirichlet([0.5] * 3, size=ROWS).astype(np.float32)
    labels = random.integers(0, 3, ROWS)
    return {
        **{f"p_{name}": np.ascontiguousarray(scores[:, k]) for k, name in enumerate(NAMES)},
        "truth": np.array(NAMES)[labels],
        "side": np.array(["left", "right"])[random.integers(0, 2, ROWS)],
        "weight": random.integers(1, 4, ROWS).astype(np.float64),
    }


@pytest.fixture(scope="module")
def expected(columns):
    scores = np.stack([columns[f"p_{name}"] for name in NAMES], axis=1)
    return calibrant.evaluate(scores, columns["truth"], classes=NAMES, groups=columns["side"], weights=columns["weight"])


def arrow_table(columns):
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    return arrow.table({name: arrow.array(values.tolist() if values.dtype.kind == "U" else values) for name, values in columns.items()})


def tables(library, columns):
    table = arrow_table(columns)
    if library == "pyarrow":
        return table
    if library == "pyarrow, sliced into batches":
        padded = arrow_table({name: np.concatenate([values[:7], values]) for name, values in columns.items()})
        return type(table).from_batches([batch for batch in padded.slice(7).to_batches(max_chunksize=999)])
    if library == "pyarrow, a reader":
        return table.to_reader(max_chunksize=1000)
    if library == "polars":
        return pytest.importorskip("polars", reason="polars is not installed").from_arrow(table)
    if library == "pandas":
        frame = pytest.importorskip("pandas", reason="pandas is not installed").DataFrame(columns)
        if not hasattr(frame, "__arrow_c_stream__"):
            pytest.skip("pandas is older than 2.2")
        return frame
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    connection = duckdb.connect()
    connection.register("predictions", table)
    return connection.sql("select * from predictions")


@pytest.mark.parametrize("library", ["pyarrow", "pyarrow, sliced into batches", "pyarrow, a reader", "polars", "pandas", "duckdb"])
def test_every_library_gives_the_numbers_of_the_arrays(library, columns, expected):
    got = calibrant.evaluate_table(tables(library, columns), scores="p_*", label="truth", group="side", weight="weight")
    assert {name: figure.value for name, figure in got.items()} == {name: figure.value for name, figure in expected.items()}
    assert {name: panel["ece"] for name, panel in got.groups.items()} == {name: panel["ece"] for name, panel in expected.groups.items()}


@pytest.mark.parametrize("library", ["pyarrow", "polars", "pandas"])
def test_columns_are_arrays_too(library, columns, expected):
    """`evaluate` takes the scores as a table and the labels as a column."""
    table = tables(library, columns)
    names = [f"p_{name}" for name in NAMES]
    got = calibrant.evaluate(table[names] if library == "pandas" else table.select(names), table["truth"], classes=NAMES, groups=table["side"], weights=table["weight"])
    assert got.ece == expected.ece


def test_a_relation_of_duckdb_is_sent_to_evaluate_table(columns):
    relation = tables("duckdb", columns)
    with pytest.raises(calibrant.CalibrantError, match="calibrant.evaluate_table"):
        calibrant.evaluate(relation.project("p_cat, p_dog, p_owl"), columns["truth"], classes=NAMES)


@pytest.mark.parametrize("suffix", ["csv", "npz", "jsonl", "parquet", "feather", "arrow"])
def test_files_give_the_numbers_of_the_arrays(suffix, columns, expected, tmp_path):
    path = tmp_path / f"predictions.{suffix}"
    if suffix == "csv":
        lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*(values.tolist() for values in columns.values()), strict=True))]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    elif suffix == "npz":
        np.savez(path, **columns)
    elif suffix == "jsonl":
        path.write_text("".join(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in zip(*(values.tolist() for values in columns.values()), strict=True)), encoding="utf-8")
    else:
        table = arrow_table(columns)
        if suffix == "parquet":
            pytest.importorskip("pyarrow.parquet").write_table(table, path, row_group_size=700)
        elif suffix == "feather":
            pytest.importorskip("pyarrow.feather").write_feather(table, path)
        else:
            ipc = pytest.importorskip("pyarrow.ipc")
            with ipc.new_stream(path, table.schema) as writer:
                writer.write_table(table, max_chunksize=600)
    got = calibrant.evaluate_table(path, scores="p_*", label="truth", group="side", weight="weight")
    assert got.ece.value == expected.ece.value
    assert got.brier.value == expected.brier.value
    assert got.to_dict()["data"]["sources"] == [{"path": str(path), "rows": ROWS, "sha256": None}]


def test_one_column_of_lists(columns, expected):
    table = arrow_table(columns)
    arrow = pytest.importorskip("pyarrow")
    scores = arrow.FixedSizeListArray.from_arrays(np.stack([columns[f"p_{name}"] for name in NAMES], axis=1).ravel(), 3)
    lists = arrow.table({"scores": scores, "truth": table["truth"]})
    got = calibrant.evaluate_table(lists, label="truth", classes=NAMES)
    assert got.accuracy.value == pytest.approx(calibrant.evaluate_table(table, scores="p_*", label="truth").accuracy.value, abs=0)


def test_other_meanings_of_columns(columns):
    table = arrow_table(columns)
    arrow = pytest.importorskip("pyarrow")
    scores = np.stack([columns[f"p_{name}"] for name in NAMES], axis=1)
    best = scores.argmax(axis=1)
    right = np.array(NAMES)[best] == columns["truth"]
    top = arrow.table({"sure": scores.max(axis=1), "right": right, "said": [NAMES[k] for k in best], "truth": table["truth"]})
    alone = calibrant.evaluate_confidences(scores.max(axis=1), right)
    assert calibrant.evaluate_table(top, confidence="sure", correct="right").ece == alone.ece
    assert calibrant.evaluate_table(top, confidence="sure", prediction="said", label="truth").ece.value == alone.ece.value

    is_owl = columns["truth"] == "owl"
    two = arrow.table({"p": columns["p_owl"].astype(np.float64), "label": [("other", "owl")[int(x)] for x in is_owl]})
    assert calibrant.evaluate_table(two, positive=("owl", "p")).brier.value == calibrant.evaluate(two["p"], is_owl).brier.value


def test_the_document_is_that_of_the_command():
    if not Path(COMMAND).exists():
        pytest.skip("the command is not built: make build")
    done = subprocess.run([COMMAND, "evaluate", EXAMPLE, "--scores", "p_*", "--probabilities", "--json", "-"], capture_output=True, text=True, check=True)
    ours, theirs = calibrant.evaluate_table(EXAMPLE, scores="p_*").to_dict(), json.loads(done.stdout)
    for document in (ours, theirs):
        del document["calibrant"]["command"]
    assert ours == theirs


def test_shards_are_one_data_set(tmp_path, columns):
    text = EXAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "a.csv").write_text("".join(text[:200]), encoding="utf-8")
    (tmp_path / "b.csv").write_text("".join([text[0], *text[200:]]), encoding="utf-8")
    both = calibrant.evaluate_table([tmp_path / "a.csv", tmp_path / "b.csv"], scores="p_*")
    assert both.ece == calibrant.evaluate_table(EXAMPLE, scores="p_*").ece


def test_several_threads_agree(columns):
    table = arrow_table(columns)
    got = []
    workers = [threading.Thread(target=lambda: got.append(calibrant.evaluate_table(table, scores="p_*", label="truth").ece)) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(got) == 6 and len(set(figure.value for figure in got)) == 1


class Broken:
    def __arrow_c_stream__(self, requested_schema=None):
        raise RuntimeError("the table is gone")


class Stale:
    """Gives the same capsule twice, which the second reader finds empty."""

    def __init__(self, table):
        self.capsule = table.__arrow_c_stream__()

    def __arrow_c_stream__(self, requested_schema=None):
        return self.capsule


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("nowhere.parquet", "nowhere.parquet: is no file"),
        ("nowhere.csv", "nowhere.csv"),
        (42, "table: got int, expected the path of a file"),
        (["a.parquet", "b.parquet"], "a.parquet: Parquet and Arrow files come alone"),
    ],
)
def test_what_is_no_table_is_refused(table, says):
    with pytest.raises(calibrant.CalibrantError, match=says):
        calibrant.evaluate_table(table)


def test_bad_tables_are_refused(columns, tmp_path):
    table = arrow_table(columns)
    arrow = pytest.importorskip("pyarrow")
    with pytest.raises(calibrant.CalibrantError, match="no stream, expected a capsule that nobody has read"):
        calibrant.evaluate_table(Stale(table), scores="p_*", label="truth")
    with pytest.raises(RuntimeError, match="the table is gone"):
        calibrant.evaluate_table(Broken())
    with pytest.raises(calibrant.CalibrantError, match='column "side" is of type text, expected float16, float32 or float64'):
        calibrant.evaluate_table(table, label="truth")
    with pytest.raises(calibrant.CalibrantError, match="instead of rows with columns"):
        calibrant.evaluate_table(arrow.chunked_array([[0.5, 0.5]]))
    (tmp_path / "no.parquet").write_bytes(b"PAR1 is all there is")
    with pytest.raises(calibrant.CalibrantError, match="no.parquet: is not a readable Parquet file"):
        calibrant.evaluate_table(tmp_path / "no.parquet")


@pytest.mark.parametrize("suffix", ["feather", "arrow"])
def test_a_damaged_arrow_file_is_refused_before_it_is_followed(columns, tmp_path, suffix):
    """An offset of a text that points behind the table: whoever follows it reads what is not the table's, or dies."""
    arrow = pytest.importorskip("pyarrow")
    table = arrow_table(columns)
    path = tmp_path / f"damaged.{suffix}"
    with arrow.ipc.new_file(path, table.schema) if suffix == "feather" else arrow.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)
    content = path.read_bytes()
    offsets = np.cumsum([0, *(len(name) for name in columns["truth"].tolist())]).astype(np.int32)
    place = content.index(offsets[1000:1010].tobytes())
    path.write_bytes(content[:place] + np.int32(2**30).tobytes() + content[place + 4 :])
    with pytest.raises(calibrant.CalibrantError, match=f"damaged.{suffix}: is not a readable table .*expected"):
        calibrant.evaluate_table(path, scores="p_*", label="truth")

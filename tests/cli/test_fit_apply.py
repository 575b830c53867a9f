"""`calibrant fit` and `calibrant apply`: files in, files out, and what they refuse."""

import json
import struct

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

NAMES = ["cat", "dog", "owl"]


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.fixture
def rows():
    random = np.random.default_rng(1)
    z = 3 * random.normal(size=(1000, 3))
    y = (softmax(z / 2).cumsum(axis=1) < random.random((1000, 1))).sum(axis=1)
    return z, y


@pytest.fixture
def table(calibrant, rows):
    """Predictions as Parquet, with an id and a note beside the scores."""
    z, y = rows
    p = softmax(z).astype(np.float32)
    result = pa.table(
        {
            "id": [f'r"{i}' for i in range(len(y))],
            **{f"p_{name}": p[:, k] for k, name in enumerate(NAMES)},
            "label": [NAMES[k] for k in y],
            "note": pa.array(["a,b\nc", None] * (len(y) // 2)),
        }
    )
    pq.write_table(result, calibrant.folder / "a.parquet")
    return result


@pytest.fixture
def model(calibrant, table):
    calibrant.output("fit", "a.parquet", "--probabilities", "--scores", "p_*", "--method", "temperature", "-o", "m.calibrant")
    return "m.calibrant"


def beta_of(path):
    """The one number of a temperature model, by the plain safetensors layout."""
    raw = path.read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + length])
    begin, end = header["beta"]["data_offsets"]
    assert header["beta"]["dtype"] == "F64"
    return struct.unpack("<d", raw[8 + length + begin : 8 + length + end])[0], json.loads(header["__metadata__"]["model"])


def expected(table, beta):
    z = np.log(np.stack([table[f"p_{name}"].to_numpy() for name in NAMES], axis=1).astype(np.float64))
    return softmax(beta * z)


def scores_of(table):
    return np.stack([table[f"p_{name}"].to_numpy() for name in NAMES], axis=1)


def test_fit_says_what_was_learned(calibrant, table):
    text = calibrant.output("fit", "a.parquet", "--probabilities", "--scores", "p_*", "--method", "temperature", "-o", "m.calibrant")
    assert "Temperature scaling (temperature)" in text
    assert "T = " in text
    assert calibrant.output("info", "m.calibrant") == text
    beta, description = beta_of(calibrant.folder / "m.calibrant")
    assert description["classes"] == NAMES
    assert description["input"] == "probabilities"
    assert len(description["training"]["sources"][0]["sha256"]) == 64
    assert description["fit"]["loss_after"] < description["fit"]["loss_before"]
    assert 0.3 < beta < 0.8


@pytest.mark.parametrize("extension", ["parquet", "arrow", "csv"])
def test_apply_keeps_everything_but_the_scores(calibrant, table, model, extension):
    out = calibrant.folder / f"b.{extension}"
    assert calibrant.output("apply", model, "a.parquet", "-o", out.name) == ""
    read = {"parquet": pq.read_table, "arrow": pa.feather.read_table, "csv": pa.csv.read_csv}[extension]
    options = {"parse_options": pa.csv.ParseOptions(newlines_in_values=True)} if extension == "csv" else {}
    result = read(out, **options)
    assert result.column_names == table.column_names
    beta, _ = beta_of(calibrant.folder / model)
    assert scores_of(result) == pytest.approx(expected(table, beta), abs=1e-6)
    for name in ("id", "label"):
        assert result[name].to_pylist() == table[name].to_pylist()
    if extension != "csv":
        assert result["note"].to_pylist() == table["note"].to_pylist()
        assert result.schema.field("p_cat").type == pa.float32()


@pytest.mark.parametrize("extension", ["csv", "tsv"])
def test_apply_to_separated_values(calibrant, table, model, extension):
    lines = ["id,p_dog,p_cat,p_owl,label,note"]
    for row in table.slice(0, 50).to_pylist():
        lines.append(f'"r""{row["id"][2:]}",{row["p_dog"]!r},{row["p_cat"]!r},{row["p_owl"]!r},{row["label"]},"x,\n""y"""')
    (calibrant.folder / "c.csv").write_text("\r\n".join(lines) + "\r\n")
    calibrant.output("apply", model, "c.csv", "-o", f"d.{extension}")
    separator = "," if extension == "csv" else "\t"
    result = pa.csv.read_csv(
        calibrant.folder / f"d.{extension}", parse_options=pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True)
    )
    assert result.column_names == ["id", "p_dog", "p_cat", "p_owl", "label", "note"]
    assert result["id"].to_pylist() == table["id"].to_pylist()[:50]
    assert set(result["note"].to_pylist()) == {'x,\n"y"'}
    beta, _ = beta_of(calibrant.folder / model)
    # Columns are found by the names of the classes, in whatever order they stand.
    assert scores_of(result) == pytest.approx(expected(table.slice(0, 50), beta), abs=1e-7)


def test_apply_to_arrays(calibrant, rows):
    z, y = rows
    np.save(calibrant.folder / "z.npy", z.astype(np.float32))
    np.save(calibrant.folder / "y.npy", y)
    calibrant.output("fit", "z.npy", "--labels", "y.npy", "--logits", "--method", "vector", "-o", "m.calibrant", "--quiet")
    calibrant.output("apply", "m.calibrant", "z.npy", "-o", "p.npy")
    p = np.load(calibrant.folder / "p.npy")
    assert p.dtype == np.float32
    assert p.shape == z.shape
    assert np.abs(p.sum(axis=1) - 1).max() < 1e-6
    assert calibrant.evaluate("p.npy", "--labels", "y.npy", "--probabilities")["data"]["rows"] == len(y)
    calibrant.output("apply", "m.calibrant", "z.npy", "-o", "q.npy", "--threads", "1")
    assert (calibrant.folder / "p.npy").read_bytes() == (calibrant.folder / "q.npy").read_bytes()


def test_lists_of_scores_stay_lists(calibrant, rows):
    z, y = rows
    lists = pa.FixedSizeListArray.from_arrays(pa.array(softmax(z).ravel()), 3)
    pq.write_table(pa.table({"probs": lists, "label": y}), calibrant.folder / "l.parquet")
    calibrant.output("fit", "l.parquet", "--probabilities", "--scores", "probs", "--method", "isotonic", "-o", "m.calibrant", "--quiet")
    calibrant.output("apply", "m.calibrant", "l.parquet", "--scores", "probs", "-o", "o.parquet")
    result = pq.read_table(calibrant.folder / "o.parquet")
    assert np.abs(np.array(result["probs"].to_pylist()).sum(axis=1) - 1).max() < 1e-12
    assert result["label"].to_pylist() == y.tolist()


def test_one_column_of_two_classes(calibrant, rows):
    z, y = rows
    p = 1 / (1 + np.exp(-z[:, 0]))
    truth = np.where(y == 0, "yes", "no")
    pq.write_table(pa.table({"p": p, "label": truth}), calibrant.folder / "t.parquet")
    common = ("--positive", "yes", "p")
    calibrant.output("fit", "t.parquet", "--probabilities", *common, "--method", "beta", "-o", "m.calibrant", "--quiet")
    calibrant.output("apply", "m.calibrant", "t.parquet", *common, "--classes", "no,yes", "-o", "o.parquet")
    result = pq.read_table(calibrant.folder / "o.parquet")
    assert result.column_names == ["p", "label"]
    before = calibrant.evaluate("t.parquet", "--probabilities", *common)["metrics"]["log_loss"]["value"]
    after = calibrant.evaluate("o.parquet", "--probabilities", *common)["metrics"]["log_loss"]["value"]
    assert after < before


def test_calibrated_rows_are_better_calibrated(calibrant, table, model):
    calibrant.output("apply", model, "a.parquet", "-o", "b.parquet")
    before = calibrant.evaluate("a.parquet", "--probabilities", "--scores", "p_*")["metrics"]
    after = calibrant.evaluate("b.parquet", "--probabilities", "--scores", "p_*")["metrics"]
    assert after["ece"]["value"] < before["ece"]["value"] / 2
    assert after["accuracy"]["value"] == before["accuracy"]["value"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("fit", "-o", "x", "--method", "temperature"), 2, ("fit: no input",)),
        (("fit", "a.parquet", "--probabilities", "--method", "temprature", "-o", "x"), 2, ("--method: got", "did you mean temperature")),
        (("fit", "a.parquet", "--probabilities", "--method", "temperature"), 2, ("--output",)),
        (("fit", "a.parquet", "--probabilities", "--method", "temperature", "-o", "-"), 2, ("models are not written",)),
        (("fit", "a.parquet", "--probabilities", "--method", "isotonic", "--set", "bins=3", "-o", "x"), 2, ("expected one of shape smooth_ends",)),
        (("fit", "a.parquet", "--probabilities", "--method", "histogram", "--set", "bins=0", "-o", "x"), 2, ("1 to 65536",)),
        (("fit", "a.parquet", "--probabilities", "--method", "histogram", "--set", "bins", "-o", "x"), 2, ("NAME=VALUE",)),
        (("fit", "a.parquet", "--method", "temperature", "--scores", "p_*", "-o", "x"), 3, ("say what the scores are",)),
        (("fit", "a.parquet", "--probabilities", "--scores", "p_*", "--method", "temperature", "-o", "no/x"), 3, ("No such file or directory",)),
        (("apply", "m.calibrant", "-o", "x.parquet"), 2, ("got 0 files",)),
        (("apply", "m.calibrant", "a.parquet", "-o", "x.npy"), 3, ("ends in .parquet, .arrow or .csv",)),
        (("apply", "m.calibrant", "a.parquet", "-o", "a.parquet"), 2, ("would overwrite an input",)),
        (("apply", "a.parquet", "a.parquet", "-o", "x.parquet"), 3, ("damaged",)),
        (("apply", "m.calibrant", "a.parquet", "--logits", "-o", "x.parquet"), 3, ("the model maps probabilities",)),
        (("apply", "m.calibrant", "a.parquet", "--scores", "p_dog,p_cat,p_owl", "-o", "x.parquet"), 3, ("in this order",)),
        (("apply", "m.calibrant", "a.parquet", "--scores", "p_dog,p_cat", "-o", "x.parquet"), 3, ("2 classes", "maps 3")),
    ],
)
def test_refusals(calibrant, table, model, arguments, status, words):
    sentence = calibrant.refusal(*arguments, status=status)
    for word in words:
        assert word in sentence


def test_a_bad_row_leaves_no_output(calibrant, table, model):
    p = scores_of(table).copy()
    p[700] = [0.5, 0.5, 0.5]
    bad = table
    for k, name in enumerate(NAMES):
        bad = bad.set_column(bad.column_names.index(f"p_{name}"), f"p_{name}", pa.array(p[:, k]))
    pq.write_table(bad, calibrant.folder / "bad.parquet")
    assert "bad.parquet: row 700 sums to 1.5" in calibrant.refusal("apply", model, "bad.parquet", "-o", "x.parquet")
    calibrant.output("apply", model, "bad.parquet", "--renormalize", "-o", "x.parquet")
    assert "row 700" in calibrant.refusal(
        "fit", "bad.parquet", "--probabilities", "--scores", "p_*", "--method", "temperature", "-o", "x"
    )
    text = calibrant.output(
        "fit", "bad.parquet", "--probabilities", "--scores", "p_*", "--method", "temperature", "--on-invalid", "skip", "-o", "y.calibrant"
    )
    assert "999 rows, 1 skipped" in text


@pytest.mark.parametrize("at", [0, 8, 40, 200, -1])
def test_damage_is_refused(calibrant, table, model, at):
    raw = bytearray((calibrant.folder / model).read_bytes())
    raw[at] ^= 0x41
    (calibrant.folder / "bad.calibrant").write_bytes(raw)
    assert "bad.calibrant" in calibrant.refusal("apply", "bad.calibrant", "a.parquet", "-o", "x.parquet")


def test_the_choice_is_told(calibrant, table):
    text = calibrant.output("fit", "a.parquet", "--probabilities", "--scores", "p_*", "-o", "auto.calibrant")
    assert "within one standard error" in " ".join(text.split())
    assert "expect" in text and "cross-validation" in text
    assert calibrant.output("info", "auto.calibrant") == text
    _, description = beta_of(calibrant.folder / "auto.calibrant")
    candidates = [c["method"] for c in description["selection"]["candidates"]]
    assert candidates[:2] == ["identity", "temperature"]
    assert description["method"] in candidates
    again = calibrant.output("fit", "a.parquet", "--probabilities", "--scores", "p_*", "-o", "again.calibrant", "--threads", "1")
    assert again == text
    assert (calibrant.folder / "again.calibrant").read_bytes() == (calibrant.folder / "auto.calibrant").read_bytes()


def test_rows_without_mass_are_counted(calibrant):
    """Each class is hit where its score is .7 and never where it is .1, so a row with .1 for all of them but one that no row has
    gets 0 everywhere."""
    rows = ["a,b,c,d,label"]
    for label, scores in (("a", ".7,.1,.1,.1"), ("b", ".1,.7,.1,.1"), ("c", ".1,.1,.7,.1")):
        rows += [f"{scores},{label}"] * 5
    (calibrant.folder / "held_out.csv").write_text("\n".join(rows) + "\n")
    (calibrant.folder / "new.csv").write_text("a,b,c,d\n.1,.1,.1,.7\n.7,.1,.1,.1\n")
    arguments = ("held_out.csv", "--probabilities", "--scores", "a,b,c,d", "--method", "isotonic")
    calibrant.output("fit", *arguments, "-o", "m.calibrant")
    done = calibrant.run("apply", "m.calibrant", "new.csv", "-o", "out.csv")
    assert done.stderr == b"calibrant: note: 1 row got 0 for every class from the model and became uniform\n"
    assert (calibrant.folder / "out.csv").read_text().splitlines()[1:] == ["0.25,0.25,0.25,0.25", "1,0,0,0"]
    assert calibrant.run("apply", "m.calibrant", "new.csv", "-o", "out.csv", "--quiet").stderr == b""


def test_rows_of_one_id_stay_in_one_fold(calibrant, rows):
    """Ten copies of a row under one id: without it the folds share them by content as well, so jitter sets them apart."""
    z, y = rows
    random = np.random.default_rng(5)
    many = softmax(np.repeat(z[:60], 10, axis=0) + 1e-3 * random.normal(size=(600, 3)))
    labels = np.repeat(y[:60], 10)
    lines = ["id,cat,dog,owl,label"]
    lines += [f"{i // 10}," + ",".join(map(repr, p.tolist())) + f",{NAMES[k]}" for i, (p, k) in enumerate(zip(many, labels))]
    (calibrant.folder / "many.csv").write_text("\n".join(lines) + "\n")
    arguments = ("fit", "many.csv", "--probabilities", "--scores", "cat,dog,owl", "--quiet")
    calibrant.output(*arguments, "-o", "apart.calibrant")
    calibrant.output(*arguments, "--id", "id", "-o", "together.calibrant")

    def estimate(name):
        raw = (calibrant.folder / name).read_bytes()
        length = struct.unpack("<Q", raw[:8])[0]
        return json.loads(json.loads(raw[8 : 8 + length])["__metadata__"]["model"])["selection"]["estimate"]

    # Rows that have all but been learned from look better than they are.
    assert estimate("apart.calibrant") < estimate("together.calibrant") - 0.02

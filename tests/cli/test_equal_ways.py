"""One answer for the same rows: whatever the format, the split, the number of threads or the instruction set."""

import itertools
import json
import random
import re

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

PATTERN = ("--probabilities", "--scores", "p_*")


def figures(result: dict) -> str:
    """Everything that the rows decide, byte for byte."""
    return json.dumps({key: result[key] for key in ("headline", "weight", "metrics", "reliability", "per_class", "groups", "warnings")})


def targets(calibrant) -> list[str]:
    line = re.search(r"available: ([^;]*);", calibrant.output("info"))
    return line[1].split(", ")


class TestMerge:
    @pytest.mark.parametrize("case", ["plain", "groups", "integer weights", "logits"])
    def test_shuffled_shards_equal_one_pass(self, calibrant, predictions, case: str) -> None:
        data = predictions(rows=701, classes=4, seed=5, kind="logits" if case == "logits" else "probabilities")
        generator = np.random.default_rng(6)
        options = ["--scores", "p_*", "--logits" if case == "logits" else "--probabilities"]
        if case == "groups":
            data.extra = {"g": [["a", "b", "c"][i] for i in generator.integers(0, 3, 701)]}
            options += ["--group", "g"]
        if case == "integer weights":
            data.extra = {"w": [int(w) for w in generator.integers(0, 5, 701)]}
            options += ["--weight", "w"]
        data.parquet(calibrant.folder / "all.parquet")
        whole = calibrant.evaluate("all.parquet", *options)

        cuts = [0, 1, 3, 40, 41, 300, 650, 701]
        names = []
        for i, (first, last) in enumerate(itertools.pairwise(cuts)):
            data.rows(first, last).parquet(calibrant.folder / f"{i}.parquet")
            calibrant.output("evaluate", f"{i}.parquet", *options, "--quiet", "--state", f"{i}.cstate", *(("--threads", "1") if i % 2 else ()))
            names.append(f"{i}.cstate")
        for seed in range(3):
            random.Random(seed).shuffle(names)
            assert calibrant.output("merge", *names, "-o", "all.cstate") == ""
            merged = calibrant.evaluate("--from-state", "all.cstate")
            assert figures(calibrant.what_states_keep(merged)) == figures(calibrant.what_states_keep(whole))
            assert merged["metrics"]["skce"]["value"] is None
            assert merged["data"]["rows"] == whole["data"]["rows"]
            assert sum(source["rows"] for source in merged["data"]["sources"]) == 701
        # A merge of merges is one as well.
        calibrant.output("merge", *names[:3], "-o", "left.cstate")
        calibrant.output("merge", *names[3:], "-o", "right.cstate")
        calibrant.output("merge", "left.cstate", "right.cstate", "-o", "all.cstate")
        assert figures(calibrant.what_states_keep(calibrant.evaluate("--from-state", "all.cstate"))) == figures(calibrant.what_states_keep(whole))

    def test_shards_on_one_command_line(self, calibrant, predictions) -> None:
        data = predictions(rows=300)
        whole = calibrant.evaluate(data.csv(calibrant.folder / "all.csv").name, *PATTERN)
        names = [data.rows(first, last).csv(calibrant.folder / f"{first}.csv").name for first, last in ((0, 7), (7, 200), (200, 300))]
        assert figures(calibrant.what_states_keep(calibrant.evaluate(*names, *PATTERN))) == figures(calibrant.what_states_keep(whole))

    def test_a_state_is_the_same_bytes_whatever_made_it(self, calibrant, predictions) -> None:
        predictions(rows=5000).csv(calibrant.folder / "x.csv")
        states = []
        for threads, target in itertools.product(("1", "2"), targets(calibrant)):
            calibrant.output("evaluate", "x.csv", *PATTERN, "--quiet", "--threads", threads, "--state", "x.cstate", environment={"CALIBRANT_SIMD": target})
            states.append((calibrant.folder / "x.cstate").read_bytes())
        assert len(states) >= 2 and len(set(states)) == 1

    def test_merging_one_state_copies_it(self, calibrant, good) -> None:
        calibrant.output("evaluate", "good.csv", *PATTERN, "--quiet", "--state", "x.cstate")
        calibrant.output("merge", "x.cstate", "-o", "y.cstate")
        assert (calibrant.folder / "y.cstate").read_bytes() == (calibrant.folder / "x.cstate").read_bytes()

    def test_an_output_may_be_an_input(self, calibrant, good) -> None:
        calibrant.output("evaluate", "good.csv", *PATTERN, "--quiet", "--state", "x.cstate")
        calibrant.output("merge", "x.cstate", "x.cstate", "-o", "x.cstate")
        assert calibrant.evaluate("--from-state", "x.cstate")["data"]["rows"] == 400

    @pytest.mark.parametrize(("options", "says"), [
        (("--bins", "10"), "y.cstate: merge: the number of bins is 15 in one state and 10 in another"),
        (("--log-floor", "1e-15"), "the log floor is none in one state and 1e-15 in another"),
        (("--weight", "w", "--weight-kind", "importance"), "the meaning of weights is frequency in one state and importance"),
        (("--group", "w"), "whether rows are grouped is no in one state and yes in another"),
        (("--classes", "c2,c1,c0"), 'class 0 is "c0" in one state and "c2" in another'),
        (("--scores", "p_c0,p_c1", "--classes", "c0,c1", "--on-invalid", "skip", "--renormalize"), "the number of classes is 3 in one state and 2"),
    ], ids=lambda value: value[0] if isinstance(value, tuple) else "")
    def test_states_of_other_configuration_are_refused(self, calibrant, predictions, options, says: str) -> None:
        data = predictions()
        data.extra = {"w": [1] * 200}
        data.csv(calibrant.folder / "x.csv")
        calibrant.output("evaluate", "x.csv", "--probabilities", "--scores", "p_c0,p_c1,p_c2", "--classes", "c0,c1,c2", "--quiet", "--state", "x.cstate")
        base = ("--probabilities",) if "--scores" in options else PATTERN
        calibrant.output("evaluate", "x.csv", *base, *options, "--quiet", "--state", "y.cstate")
        sentence = calibrant.refusal("merge", "x.cstate", "y.cstate", "-o", "z.cstate")
        assert says in sentence and sentence.endswith("evaluate both with the same options")

    def test_damaged_states_are_refused(self, calibrant, good) -> None:
        calibrant.output("evaluate", "good.csv", *PATTERN, "--quiet", "--state", "x.cstate")
        state = calibrant.folder / "x.cstate"
        whole = state.read_bytes()
        for place in range(0, len(whole), max(1, len(whole) // 60)):
            damaged = bytearray(whole)
            damaged[place] ^= 0x40
            state.write_bytes(damaged)
            sentence = calibrant.refusal("evaluate", "--from-state", "x.cstate", "--json", "out.json")
            assert re.match(r"x\.cstate: (damaged at byte \d+: |got format )", sentence), f"{place}: {sentence}"
        for length in (0, 7, 8, 100, len(whole) - 1):
            state.write_bytes(whole[:length])
            assert "damaged at byte" in calibrant.refusal("merge", "x.cstate", "-o", "y.cstate")

    def test_info_tells_what_a_state_holds(self, calibrant, predictions) -> None:
        data = predictions()
        data.extra = {"g": ["n", "s"] * 100}
        data.csv(calibrant.folder / "x.csv")
        calibrant.output("evaluate", "x.csv", *PATTERN, "--group", "g", "--hash", "--quiet", "--state", "x.cstate")
        text = calibrant.output("info", "x.cstate")
        for part in ("200 measured, 0 skipped", "3: c0, c1, c2", "probabilities", "15 of equal width", "n: 100 rows", "x.csv: 200 rows, sha256 "):
            assert part in text


@pytest.mark.parametrize("kind", ["probabilities", "logits"])
def test_threads_and_instruction_sets(calibrant, predictions, kind: str) -> None:
    """Probabilities agree bit for bit on every target; logits on every number of threads."""
    for dtype in ("f4", "f8", "f2"):
        data = predictions(rows=3000, classes=37, kind=kind)
        if dtype == "f2":
            data.scores = data.scores.astype("f2").astype("f8")
        data.npy(calibrant.folder, dtype)
        options = ("scores.npy", "--labels", "labels.npy", f"--{kind}", "--classes", ",".join(data.names))
        for target in targets(calibrant):
            one, two = (figures(calibrant.evaluate(*options, "--threads", threads, environment={"CALIBRANT_SIMD": target})) for threads in ("1", "2"))
            assert one == two, (dtype, target)
            if kind == "probabilities":
                assert one == figures(calibrant.evaluate(*options, environment={"CALIBRANT_SIMD": "scalar"})), (dtype, target)


def test_formats(calibrant, predictions) -> None:
    data = predictions(rows=500)
    data.csv(calibrant.folder / "x.csv")
    expected = figures(calibrant.evaluate("x.csv", *PATTERN))
    data.csv(calibrant.folder / "x.tsv", separator="\t")
    data.csv(calibrant.folder / "excel.csv", encoding="utf-8-sig", end="\r\n")
    data.parquet(calibrant.folder / "x.parquet")
    data.parquet(calibrant.folder / "small_groups.pq", row_group_size=7, compression="zstd", data_page_size=128)
    data.parquet(calibrant.folder / "plain.parquet", use_dictionary=False, compression="none", version="1.0")
    for name in ("x.tsv", "excel.csv", "x.parquet", "small_groups.pq", "plain.parquet"):
        assert figures(calibrant.evaluate(name, *PATTERN)) == expected, name
    data.npy(calibrant.folder)
    assert figures(calibrant.evaluate("scores.npy", "--labels", "labels.npy", "--probabilities", "--classes", "c0,c1,c2")) == expected
    (calibrant.folder / "names.txt").write_text("c0\nc1\nc2\n")
    assert figures(calibrant.evaluate("scores.npy", "--labels", "labels.npy", "--probabilities", "--classes", "names.txt")) == expected
    assert figures(calibrant.evaluate("scores.npy", "--labels", "x.csv", "--probabilities", "--classes", "c0,c1,c2")) == expected


def test_formats_that_hold_all_scores_of_a_row_in_one_place(calibrant, predictions) -> None:
    data = predictions(rows=500)
    data.extra = {"w": [i % 3 for i in range(500)], "g": [f"group {i % 2}" for i in range(500)]}
    options = ("--probabilities", "--weight", "w", "--group", "g")
    expected = figures(calibrant.evaluate(data.csv(calibrant.folder / "x.csv").name, *options, "--scores", "p_*"))
    by_name = calibrant.folder / "by_name.jsonl"
    by_name.write_text("".join(json.dumps(line) + "\n" for line in json_lines(data)))
    assert figures(calibrant.evaluate("by_name.jsonl", *options)) == expected
    assert figures(calibrant.evaluate("by_name.jsonl", *options, "--scores", "p.*")) == expected

    labels = [data.names[y] for y in data.labels]
    named = ("--classes", ",".join(data.names))
    rows = [json.dumps({"p": row, "label": y, "w": w, "g": g}) for row, y, w, g in zip(data.scores.tolist(), labels, data.extra["w"], data.extra["g"], strict=True)]
    (calibrant.folder / "arrays.ndjson").write_text("\r\n".join(rows))
    arrays = {"p": data.scores, "label": np.array(labels), "w": np.array(data.extra["w"]), "g": np.array(data.extra["g"])}
    np.savez(calibrant.folder / "stored.npz", **arrays)
    np.savez_compressed(calibrant.folder / "packed.npz", **arrays)
    scores = data.scores.tolist()
    for i, kind in enumerate((pa.list_(pa.float64()), pa.large_list(pa.float64()), pa.list_(pa.float64(), 3))):
        lists = pa.table({"p": pa.array(scores, kind), "label": labels} | data.extra)
        pq.write_table(lists, calibrant.folder / f"{i}.parquet", row_group_size=70)
        pa.feather.write_feather(lists, calibrant.folder / f"{i}.feather", chunksize=70)
        # A slice begins inside the buffers of what it is cut from.
        with pa.OSFile(str(calibrant.folder / f"{i}.arrow"), "wb") as file, pa.ipc.new_stream(file, lists.schema) as writer:
            for first in range(0, 500, 70):
                writer.write_batch(lists.slice(first, 70).combine_chunks().to_batches()[0])
    names = ["arrays.ndjson", "stored.npz", "packed.npz", *(f"{i}.{kind}" for i in range(3) for kind in ("parquet", "feather", "arrow"))]
    for name in names:
        assert figures(calibrant.evaluate(name, *options, *named)) == expected, name


def json_lines(data) -> list[dict]:
    """Records with scores by class, in an order of their own each."""
    generator = random.Random(1)
    lines = []
    for i, row in enumerate(data.scores.tolist()):
        items = list(zip(data.names, row, strict=True))
        if i > 0:
            generator.shuffle(items)
        line = {"label": data.names[data.labels[i]], "p": dict(items)} | {name: values[i] for name, values in data.extra.items()}
        lines.append(line)
    return lines


def test_text_of_every_layout_in_arrow(calibrant, predictions) -> None:
    data = predictions(rows=60)
    data.names = ["a", "exactly 12 b", "a name of more than twelve bytes"]
    expected = figures(calibrant.evaluate(data.csv(calibrant.folder / "x.csv").name, *PATTERN))
    columns = data.columns()
    values = pa.array(columns.pop("label"))
    for kind in (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int16(), pa.large_string())):
        pa.feather.write_feather(pa.table(columns | {"label": values.cast(kind)}), calibrant.folder / "x.feather", chunksize=17)
        assert figures(calibrant.evaluate("x.feather", *PATTERN)) == expected, kind


def test_shards_of_several_formats(calibrant, predictions) -> None:
    data = predictions(rows=400)
    whole = figures(calibrant.evaluate(data.csv(calibrant.folder / "all.csv").name, *PATTERN))
    parts = [data.rows(first, first + 80) for first in range(0, 400, 80)]
    parts[0].csv(calibrant.folder / "0.csv")
    parts[1].parquet(calibrant.folder / "1.parquet")
    pa.feather.write_feather(pa.table(parts[2].columns()), calibrant.folder / "2.feather")
    (calibrant.folder / "3.jsonl").write_text("".join(json.dumps(dict(zip(parts[3].columns(), row, strict=True))) + "\n" for row in zip(*parts[3].columns().values(), strict=True)))
    np.savez(calibrant.folder / "4.npz", **parts[4].columns())
    result = calibrant.evaluate("0.csv", "1.parquet", "2.feather", "3.jsonl", "4.npz", *PATTERN)
    assert figures(result) == whole
    assert [source["rows"] for source in result["data"]["sources"]] == [80] * 5


def test_rows_with_fewer_options(calibrant) -> None:
    """A class that a row lacks is one of probability 0: by its absence, by 0, and by a logit of -infinity."""
    generator = np.random.default_rng(4)
    names = list("ABCDE")
    logits, flat = [], []
    for i in range(300):
        options = names if i == 0 else sorted(generator.choice(names, size=generator.integers(2, 6), replace=False))
        z = generator.normal(size=len(options))
        logits.append({"p": dict(zip(options, z.tolist(), strict=True)), "label": options[generator.integers(len(options))]})
        flat.append([logits[-1]["p"].get(name, -np.inf) for name in names])
    (calibrant.folder / "x.jsonl").write_text("".join(json.dumps(line) + "\n" for line in logits))
    np.save(calibrant.folder / "x.npy", np.array(flat))
    np.save(calibrant.folder / "y.npy", np.array([line["label"] for line in logits]))
    expected = figures(calibrant.evaluate("x.npy", "--labels", "y.npy", "--logits", "--classes", "A,B,C,D,E"))
    assert figures(calibrant.evaluate("x.jsonl", "--logits")) == expected
    assert figures(calibrant.evaluate("x.jsonl", "--logits", "--classes", "A,B,C,D,E")) == expected
    exponentials = np.exp(np.array(flat) - np.max(flat, axis=1, keepdims=True))
    p = exponentials / exponentials.sum(axis=1, keepdims=True)
    for line, row in zip(logits, p.tolist(), strict=True):
        line["p"] = {name: x for name, x in zip(names, row, strict=True) if name in line["p"]}
    (calibrant.folder / "p.jsonl").write_text("".join(json.dumps(line) + "\n" for line in logits))
    np.save(calibrant.folder / "p.npy", p)
    expected = figures(calibrant.evaluate("p.npy", "--labels", "y.npy", "--probabilities", "--classes", "A,B,C,D,E"))
    assert figures(calibrant.evaluate("p.jsonl", "--probabilities")) == expected


LABEL_TYPES = {
    "int8": pa.int8(), "uint8": pa.uint8(), "int16": pa.int16(), "uint16": pa.uint16(), "int32": pa.int32(), "uint32": pa.uint32(), "int64": pa.int64(),
    "uint64": pa.uint64(), "text": pa.string(), "large text": pa.large_string(), "dictionary": pa.dictionary(pa.int8(), pa.string()),
}


@pytest.mark.parametrize("name", LABEL_TYPES)
def test_labels_of_every_type_in_parquet(calibrant, predictions, name: str) -> None:
    data = predictions(rows=60)
    data.names = ["10", "9", "100"]
    expected = figures(calibrant.evaluate(data.csv(calibrant.folder / "x.csv").name, *PATTERN))
    columns = data.columns()
    values = columns.pop("label")
    kind = LABEL_TYPES[name]
    labels = pa.array([int(v) for v in values], kind) if pa.types.is_integer(kind) else pa.array(values).cast(kind)
    pq.write_table(pa.table(columns | {"label": labels}), calibrant.folder / "x.parquet")
    assert figures(calibrant.evaluate("x.parquet", *PATTERN)) == expected


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_scores_of_every_type_in_parquet_and_npy(calibrant, predictions, dtype: str) -> None:
    data = predictions(rows=300)
    data.scores = np.round(data.scores * 1024) / 1024
    data.scores[:, 0] = 1 - data.scores[:, 1:].sum(axis=1)
    data.scores = np.clip(data.scores, 0, 1)
    expected = figures(calibrant.evaluate(data.csv(calibrant.folder / "x.csv").name, *PATTERN))
    data.npy(calibrant.folder, dtype)
    assert figures(calibrant.evaluate("scores.npy", "--labels", "labels.npy", "--probabilities", "--classes", "c0,c1,c2")) == expected
    np.savez_compressed(calibrant.folder / "x.npz", p=data.scores.astype(dtype), label=np.array(data.columns()["label"]))
    assert figures(calibrant.evaluate("x.npz", "--probabilities", "--classes", "c0,c1,c2")) == expected
    lists = pa.array(list(data.scores.astype(dtype)), pa.list_(pa.from_numpy_dtype(dtype)))
    pa.feather.write_feather(pa.table({"p": lists, "label": data.columns()["label"]}), calibrant.folder / "x.feather")
    assert figures(calibrant.evaluate("x.feather", "--probabilities", "--classes", "c0,c1,c2")) == expected
    columns = {f"p_c{k}": pa.array(data.scores[:, k].astype(dtype)) for k in range(3)} | {"label": data.columns()["label"]}
    pq.write_table(pa.table(columns), calibrant.folder / "x.parquet")
    assert figures(calibrant.evaluate("x.parquet", *PATTERN)) == expected
    mixed = columns | {"p_c1": pa.array(data.scores[:, 1])}
    pq.write_table(pa.table(mixed), calibrant.folder / "mixed.parquet")
    assert figures(calibrant.evaluate("mixed.parquet", *PATTERN)) == expected


def test_nulls_in_parquet(calibrant) -> None:
    columns = {
        "p_a": pa.array([0.5, None, 0.5, 0.5, 0.5]), "p_b": pa.array([0.5, 0.5, 0.5, 0.5, 0.5]), "label": pa.array(["a", "a", None, "b", "b"]),
        "w": pa.array([1, 1, 1, None, 2]), "g": pa.array(["x", "x", "x", "x", None]),
    }
    pq.write_table(pa.table(columns), calibrant.folder / "x.parquet")
    result = calibrant.evaluate("x.parquet", *PATTERN, "--weight", "w", "--group", "g", "--on-invalid", "skip")
    assert result["data"]["skipped"] == {"not_finite": 1, "missing_label": 1, "invalid_weight": 1}
    assert {name: group["weight"] for name, group in result["groups"].items()} == {"x": 1, "(missing)": 2}


def test_column_order_decides_nothing(calibrant, predictions) -> None:
    """Labels go by name: with the columns in another order, each class keeps its figures."""
    data = predictions(rows=400, classes=4)
    data.csv(calibrant.folder / "x.csv")
    one = calibrant.evaluate("x.csv", *PATTERN)
    other = calibrant.evaluate("x.csv", "--probabilities", "--scores", "p_c2,p_c0,p_c3,p_c1", "--classes", "c2,c0,c3,c1")
    assert other["data"]["class_names"] == ["c2", "c0", "c3", "c1"]
    by_name = {each["name"]: each for each in one["per_class"]}
    assert all(each == by_name[each["name"]] for each in other["per_class"])
    for name in ("accuracy", "ece", "mce", "classwise_ece", "log_loss"):
        assert other["metrics"][name]["value"] == pytest.approx(one["metrics"][name]["value"], rel=1e-12)


class TestColumns:
    """What the columns of an input may mean: the same rows said in another way give the same numbers."""

    @pytest.fixture
    def data(self, calibrant, predictions):
        """x.csv with everything that the other ways need, and the result of the plain way."""
        data = predictions(rows=400)
        top = data.scores.argmax(axis=1)
        data.extra = {
            "conf": data.scores.max(axis=1).tolist(), "pred": [data.names[k] for k in top], "ok": [int(x) for x in top == data.labels],
            "id": [f"r{i}" for i in range(400)], "w": [int(w) for w in np.random.default_rng(2).integers(0, 4, 400)], "g": ["a", "b"] * 200,
        } | {f"q_{name}": [int(y == k) for y in data.labels] for k, name in enumerate(data.names)}
        data.csv(calibrant.folder / "x.csv")
        return data

    TOP_LABEL = ("accuracy", "mean_confidence", "confidence_gap", "ece", "ece_l2_debiased", "rmsce", "mce", "overconfidence", "underconfidence",
                 "top_label_conditional_ece", "spiegelhalter_z")

    @pytest.mark.parametrize("options", [(), ("--weight", "w"), ("--weight", "w", "--weight-kind", "importance"), ("--group", "g"), ("--threads", "1")], ids=" ".join)
    @pytest.mark.parametrize("truth", [("--prediction", "pred"), ("--correct", "ok")], ids=lambda truth: truth[0])
    def test_confidences_give_the_top_label_numbers_of_whole_rows(self, calibrant, data, truth, options) -> None:
        whole = calibrant.evaluate("x.csv", *PATTERN, *options)
        alone = calibrant.evaluate("x.csv", "--confidence", "conf", *truth, *options)
        assert alone["data"]["input"] == "top_label"
        names = set(alone["metrics"])
        assert names == set(whole["metrics"])
        for panel, expected in [(alone, whole), *((alone["groups"][g], whole["groups"][g]) for g in whole["groups"])]:
            assert panel["headline"] == expected["headline"] and panel["weight"] == expected["weight"]
            assert panel["reliability"]["top_label"] == expected["reliability"]["top_label"]
            for name in names:
                metric = panel["metrics"][name]
                if name == "top_label_conditional_ece" and truth[0] == "--correct":
                    assert metric["value"] is None and metric["reason"].startswith("needs the predicted class")
                elif name in self.TOP_LABEL or metric["value"] is not None:
                    assert metric == expected["metrics"][name], name
                else:
                    assert metric["reason"] == "needs the probabilities of all classes; the input has the confidence of the predicted class only", name
            without = {name for name in names if panel["metrics"][name]["value"] is None}
            assert {"log_loss", "brier", "brier_calibration", "brier_refinement", "classwise_ece", "classwise_ece_sum"} <= without

    def test_a_class_table_of_predictions(self, calibrant, data) -> None:
        whole = calibrant.evaluate("x.csv", *PATTERN)
        alone = calibrant.evaluate("x.csv", "--confidence", "conf", "--prediction", "pred")
        top = data.scores.argmax(axis=1)
        for k, (row, expected) in enumerate(zip(alone["per_class"], whole["per_class"], strict=True)):
            for key in ("name", "predicted", "precision", "mean_confidence"):
                assert row[key] == expected[key]
            assert row["rows"] is None and row["prevalence"] is None and row["mean_probability"] is None
            c, a = data.scores.max(axis=1)[top == k], (data.labels == k)[top == k]
            bins = np.minimum(np.searchsorted(np.linspace(0, 1, 16), c, side="right") - 1, 14)
            error = sum(abs((c - a)[bins == b].sum()) for b in range(15)) / len(c)
            assert row["calibration_error"] == pytest.approx(error, abs=1e-12)
            assert row["interval"][0] <= error <= row["interval"][1]
        assert calibrant.evaluate("x.csv", "--confidence", "conf", "--correct", "ok")["per_class"] == []

    def test_classes_of_predictions(self, calibrant, data) -> None:
        """Their order is that of their names, whatever the order of rows; a list of them decides otherwise."""
        options = ("--confidence", "conf", "--prediction", "pred")
        data.rows(200, 400).csv(calibrant.folder / "2.csv"), data.rows(0, 200).csv(calibrant.folder / "1.csv")
        shards = calibrant.evaluate("2.csv", "1.csv", *options)
        assert figures(shards) == figures(calibrant.evaluate("x.csv", *options)) and shards["data"]["class_names"] == ["c0", "c1", "c2"]
        listed = calibrant.evaluate("x.csv", *options, "--classes", "c2,c0,unseen,c1")
        assert listed["data"]["class_names"] == ["c2", "c0", "unseen", "c1"] and listed["metrics"]["ece"] == shards["metrics"]["ece"]
        numbers = {"conf": [0.5, 0.75, 1.0], "pred": [10, 9, 100], "label": [9, 9, 100]}
        pq.write_table(pa.table(numbers), calibrant.folder / "n.parquet")
        assert calibrant.evaluate("n.parquet", *options)["data"]["class_names"] == ["9", "10", "100"], "by value"

    @pytest.mark.parametrize("truth", [("--prediction", "pred", "--classes", "c0,c1,c2"), ("--correct", "ok")], ids=lambda truth: truth[0])
    def test_states_of_confidences_merge(self, calibrant, data, truth) -> None:
        options = ("--confidence", "conf", *truth)
        for first, last in ((0, 3), (3, 250), (250, 400)):
            data.rows(first, last).csv(calibrant.folder / "part.csv")
            calibrant.output("evaluate", "part.csv", *options, "--quiet", "--state", f"{first}.cstate")
        calibrant.output("merge", "250.cstate", "0.cstate", "3.cstate", "-o", "all.cstate")
        merged, whole = calibrant.evaluate("--from-state", "all.cstate"), calibrant.evaluate("x.csv", *options)
        assert figures(merged) == figures(whole) and merged["data"]["input"] == "top_label"
        calibrant.output("evaluate", "x.csv", *PATTERN, "--quiet", "--state", "rows.cstate")
        other = {"--prediction": "the kind of scores is top_label in one state and probabilities in another", "--correct": "the number of classes is 0 in one state and 3"}
        assert other[truth[0]] in calibrant.refusal("merge", "all.cstate", "rows.cstate", "-o", "no.cstate")
        assert "top_label" in calibrant.output("info", "all.cstate")

    @pytest.mark.parametrize("words", [("1", "0"), ("true", "false"), ("True", "FALSE"), ("1.0", "0.0")], ids=" ".join)
    def test_words_for_correct(self, calibrant, words) -> None:
        (calibrant.folder / "x.csv").write_text("c,ok\n" + "".join(f"0.{d},{words[d % 2]}\n" for d in range(1, 9)))
        assert calibrant.evaluate("x.csv", "--confidence", "c", "--correct", "ok")["metrics"]["accuracy"]["value"] == 0.5
        kind = pa.bool_() if words[0] == "true" else pa.float32() if words[0] == "1.0" else pa.int8()
        ok = pa.array([words[d % 2] for d in range(1, 9)]) if words[0] == "True" else pa.array([d % 2 == 0 for d in range(1, 9)]).cast(pa.int8()).cast(kind)
        pq.write_table(pa.table({"c": [d / 10 for d in range(1, 9)], "ok": ok}), calibrant.folder / "x.parquet")
        assert calibrant.evaluate("x.parquet", "--confidence", "c", "--correct", "ok")["metrics"]["accuracy"]["value"] == 0.5

    def test_percent(self, calibrant, data) -> None:
        data.extra["percent"] = [repr(round(c * 100, 6)) for c in data.extra["conf"]]
        data.extra["whole"] = [float(p) / 100 for p in data.extra["percent"]]
        data.csv(calibrant.folder / "x.csv")
        one = calibrant.evaluate("x.csv", "--confidence", "whole", "--correct", "ok")
        assert figures(calibrant.evaluate("x.csv", "--confidence", "percent", "--correct", "ok", "--scale", "percent")) == figures(one)

    def test_whole_percentages_in_parquet(self, calibrant) -> None:
        stated, ok = [50, 75, 100, 0], [True, False, True, None]
        pq.write_table(pa.table({"stated": pa.array(stated, pa.int8()), "ok": ok}), calibrant.folder / "x.parquet")
        pq.write_table(pa.table({"stated": [x / 100 for x in stated], "ok": ok}), calibrant.folder / "y.parquet")
        options = ("--confidence", "stated", "--correct", "ok", "--on-invalid", "skip")
        whole = calibrant.evaluate("x.parquet", *options, "--scale", "percent")
        assert figures(whole) == figures(calibrant.evaluate("y.parquet", *options)) and whole["data"]["skipped"] == {"missing_label": 1}
        assert "--scale percent" in calibrant.refusal("evaluate", "x.parquet", "--confidence", "stated", "--correct", "ok")

    def test_a_positive_column_stands_for_two(self, calibrant) -> None:
        random = np.random.default_rng(4)
        z = random.normal(size=300) * 2
        p = 1 / (1 + np.exp(-1.5 * z))
        y = (random.random(300) < 1 / (1 + np.exp(-z))).astype(int)
        columns = {"p": p, "p_ham": 1 - p, "p_spam": p, "z_ham": 0 * z, "z_spam": 1.5 * z, "percent": 100 * p, "label": [("ham", "spam")[k] for k in y], "bit": y}
        pq.write_table(pa.table(columns), calibrant.folder / "x.parquet")
        pq.write_table(pa.table(columns | {"p": p.astype("f4"), "p_spam": p.astype("f4").astype("f8"), "p_ham": 1 - p.astype("f4").astype("f8")}), calibrant.folder / "f4.parquet")
        np.save(calibrant.folder / "p.npy", p), np.save(calibrant.folder / "two.npy", np.stack([z, p], axis=1)), np.save(calibrant.folder / "y.npy", y)
        expected = calibrant.evaluate("x.parquet", *PATTERN)
        assert expected["data"]["class_names"] == ["ham", "spam"]
        for options in (("--positive", "spam", "p"), ("--positive", "spam", "p", "--classes", "ham,spam")):
            result = calibrant.evaluate("x.parquet", "--probabilities", *options)
            assert figures(result) == figures(expected) and result["data"]["class_names"] == ["ham", "spam"], options
        assert figures(calibrant.evaluate("f4.parquet", "--probabilities", "--positive", "spam", "p")) == figures(calibrant.evaluate("f4.parquet", *PATTERN)), \
            "float32 is widened before 1 - p"
        logits = calibrant.evaluate("x.parquet", "--logits", "--scores", "z_*")
        assert figures(calibrant.evaluate("x.parquet", "--logits", "--positive", "spam", "z_spam")) == figures(logits)
        named = calibrant.evaluate("x.parquet", "--probabilities", "--positive", "spam", "p", "--label", "bit")
        assert named["data"]["class_names"] == ["not spam", "spam"] and named["metrics"] == expected["metrics"], "0 and 1"
        bits = calibrant.evaluate("x.parquet", "--probabilities", "--positive", "1", "p", "--label", "bit")
        assert bits["data"]["class_names"] == ["0", "1"] and bits["metrics"] == expected["metrics"]
        for arguments in (("p.npy", "--positive", "1", "0"), ("two.npy", "--positive", "1", "1")):
            assert calibrant.evaluate(*arguments, "--labels", "y.npy", "--probabilities")["metrics"] == expected["metrics"], arguments
        turned = calibrant.evaluate("x.parquet", "--probabilities", "--positive", "ham", "p_ham")
        assert turned["data"]["class_names"] == ["spam", "ham"] and turned["metrics"]["brier"]["value"] == pytest.approx(expected["metrics"]["brier"]["value"], abs=1e-13)
        percent = calibrant.evaluate("x.parquet", "--probabilities", "--positive", "spam", "percent", "--scale", "percent")
        assert percent["metrics"]["ece"]["value"] == pytest.approx(expected["metrics"]["ece"]["value"], abs=1e-13)

    def test_an_excess_over_1_is_clipped(self, calibrant) -> None:
        (calibrant.folder / "x.csv").write_text("p,c,label,ok\n1.0000005,1.0000005,a,1\n0.25,0.75,b,1\n")
        for options in (("--probabilities", "--positive", "a", "p"), ("--confidence", "c", "--correct", "ok")):
            result = calibrant.evaluate("x.csv", *options)
            assert result["metrics"]["mean_confidence"]["value"] == 0.875
            assert "clipped" in [warning["code"] for warning in result["warnings"]]

    def test_log_probabilities_are_logits(self, calibrant, predictions) -> None:
        data = predictions(rows=300)
        expected = calibrant.evaluate(data.csv(calibrant.folder / "p.csv").name, *PATTERN)["metrics"]
        with np.errstate(divide="ignore"):
            data.scores = np.log(data.scores)
        data.csv(calibrant.folder / "l.csv")
        for name, metric in calibrant.evaluate("l.csv", "--logits", "--scores", "p_*")["metrics"].items():
            assert metric["value"] == pytest.approx(expected[name]["value"], rel=1e-9), name

    def test_labels_of_another_file(self, calibrant, data) -> None:
        """Joined by id in any order, or row by row: the same as labels in the table."""
        options = (*PATTERN, "--weight", "w", "--group", "g")
        expected = figures(calibrant.evaluate("x.csv", *options))
        columns = data.columns()
        keys = {name: columns[name] for name in ("label", "id", "w", "g")}
        order = np.random.default_rng(3).permutation(400)
        pq.write_table(pa.table(keys).take(order), calibrant.folder / "keys.parquet")
        data.rows(0, 150).parquet(calibrant.folder / "1.parquet"), data.rows(150, 400).parquet(calibrant.folder / "2.parquet")
        assert figures(calibrant.evaluate("x.csv", *options, "--labels", "keys.parquet", "--id", "id")) == expected
        assert figures(calibrant.evaluate("1.parquet", "2.parquet", *options, "--labels", "keys.parquet", "--id", "id")) == expected
        assert figures(calibrant.evaluate("x.csv", *options, "--labels", "x.csv")) == expected
        numbers = pa.table(keys | {"id": list(range(400))})
        pq.write_table(numbers.take(order), calibrant.folder / "numbers.parquet")
        data.extra["id"] = list(range(400))
        data.csv(calibrant.folder / "numbered.csv")
        assert figures(calibrant.evaluate("numbered.csv", *options, "--labels", "numbers.parquet", "--id", "id")) == expected, '"7" = 7'

    def test_truth_of_another_file(self, calibrant, data) -> None:
        for truth in (("--prediction", "pred"), ("--correct", "ok")):
            expected = figures(calibrant.evaluate("x.csv", "--confidence", "conf", *truth))
            for joined in ((), ("--id", "id")):
                assert figures(calibrant.evaluate("x.csv", "--confidence", "conf", *truth, "--labels", "x.csv", *joined)) == expected
        np.save(calibrant.folder / "ok.npy", np.array(data.extra["ok"], dtype=bool))
        assert figures(calibrant.evaluate("x.csv", "--confidence", "conf", "--correct", "ok", "--labels", "ok.npy")) == expected

    def test_one_hot_labels_are_their_index(self, calibrant, data) -> None:
        expected = calibrant.evaluate("x.csv", *PATTERN)
        for options in (("--soft-labels", "q_*"), ("--soft-labels", "q_c0,q_c1,q_c2"), ("--soft-labels", "q_*", "--labels", "x.csv", "--id", "id")):
            result = calibrant.evaluate("x.csv", *PATTERN, *options)
            assert figures(result) == figures(expected) and result["data"]["soft_labels"] == 0, options
        hot = np.eye(3)[data.labels]
        np.save(calibrant.folder / "p.npy", data.scores)
        for dtype in ("f2", "f4", "f8", "i1", "u4", "bool"):
            np.save(calibrant.folder / "hot.npy", hot.astype(dtype))
            assert figures(calibrant.evaluate("p.npy", "--probabilities", "--labels", "hot.npy", "--classes", "c0,c1,c2")) == figures(expected), dtype


class TestSoftLabels:
    """A row with a soft label is a row of each class, weighted by its share."""

    @pytest.fixture
    def shares(self, calibrant, predictions):
        data = predictions(rows=300)
        random = np.random.default_rng(7)
        q = random.dirichlet(np.ones(3), size=300)
        q[:60] = np.eye(3)[data.labels[:60]]
        data.extra = {f"q_{data.names[k]}": q[:, k].tolist() for k in (2, 0, 1)} | {"w": random.integers(0, 4, 300).tolist()}
        data.csv(calibrant.folder / "x.csv")
        return data, q

    def test_the_definitions(self, calibrant, shares) -> None:
        data, q = shares
        p = data.scores
        result = calibrant.evaluate("x.csv", *PATTERN, "--soft-labels", "q_*")
        assert result["data"]["soft_labels"] == 240
        c, a = p.max(axis=1), q[np.arange(300), p.argmax(axis=1)]

        def gaps(c, a):
            bins = np.minimum(np.searchsorted(np.linspace(0, 1, 16), c, side="right") - 1, 14)
            return np.array([abs((c - a)[bins == b].sum()) for b in range(15)])

        expected = {
            "accuracy": a.mean(), "mean_confidence": c.mean(), "confidence_gap": (c - a).mean(), "ece": gaps(c, a).sum() / 300,
            "classwise_ece": np.mean([gaps(p[:, k], q[:, k]).sum() / 300 for k in range(3)]), "log_loss": -(q * np.log(p)).sum(axis=1).mean(),
            "brier": ((p**2).sum(axis=1) - 2 * (p * q).sum(axis=1) + 1).mean(),
        }
        for name, value in expected.items():
            assert result["metrics"][name]["value"] == pytest.approx(value, abs=1e-12), name
        brier = [result["metrics"][name]["value"] for name in ("brier", "brier_calibration", "brier_refinement")]
        assert brier[0] == pytest.approx(brier[1] + brier[2], abs=1e-12)
        loss = -(q * np.log(p)).sum(axis=1)
        half = 1.959963984540054 * loss.std(ddof=1) / np.sqrt(300)
        assert result["metrics"]["log_loss"]["interval"] == pytest.approx([loss.mean() - half, loss.mean() + half], rel=1e-3)

    @pytest.mark.parametrize("options", [(), ("--weight", "w"), ("--weight", "w", "--weight-kind", "importance"), ("--log-floor", "0.1")], ids=" ".join)
    @pytest.mark.parametrize("kind", ["probabilities", "logits"])
    def test_they_equal_weighted_rows(self, calibrant, shares, kind, options) -> None:
        data, q = shares
        weights = np.array(data.extra["w"]) if "--weight" in options else np.ones(300)
        scores = data.scores if kind == "probabilities" else np.log(data.scores)
        data.scores = scores
        data.csv(calibrant.folder / "x.csv")
        soft = calibrant.evaluate("x.csv", f"--{kind}", "--scores", "p_*", "--soft-labels", "q_*", *options)
        expanded = {f"p_c{k}": np.repeat(scores[:, k], 3) for k in range(3)} | {"label": [f"c{k}" for k in range(3)] * 300, "w": (q * weights[:, None]).ravel()}
        pq.write_table(pa.table(expanded), calibrant.folder / "e.parquet")
        rows = calibrant.evaluate("e.parquet", f"--{kind}", "--scores", "p_*", "--weight", "w", *(option for option in options if option not in ("--weight", "w")))
        by_rows = {"aurc", "e_aurc"} if "importance" in options else set()  # these count rows, whatever their importance
        for name, metric in soft["metrics"].items():
            if metric["value"] is not None and name not in by_rows:
                assert metric["value"] == pytest.approx(rows["metrics"][name]["value"], abs=1e-12), name
        assert soft["weight"] == pytest.approx(rows["weight"], rel=1e-12)

    def test_what_has_no_meaning_has_no_value(self, calibrant, shares) -> None:
        result = calibrant.evaluate("x.csv", *PATTERN, "--soft-labels", "q_*")
        metrics = result["metrics"]
        for name in ("ece_l2_debiased", "spiegelhalter_z"):
            assert metrics[name]["value"] is None and metrics[name]["reason"] == "needs one true class per row; the input has soft labels"
        assert all(metric["p_value"] is None for metric in metrics.values())
        with_interval = {name for name, metric in metrics.items() if metric["interval"] is not None}
        assert with_interval == {"mean_confidence", "confidence_gap", "log_loss", "brier"}
        diagrams = [result["reliability"]["top_label"], *(each["bins"] for each in result["reliability"]["classes"])]
        assert all(each["interval"] is None for diagram in diagrams for each in diagram)
        assert all(each["interval"] is None for each in result["per_class"])
        text = calibrant.output("evaluate", "x.csv", *PATTERN, "--soft-labels", "q_*")
        assert "soft labels in 240 rows" in text

    def test_states(self, calibrant, shares) -> None:
        data, _ = shares
        options = (*PATTERN, "--soft-labels", "q_*")
        for first, last in ((0, 100), (100, 300)):
            data.rows(first, last).csv(calibrant.folder / "part.csv")
            calibrant.output("evaluate", "part.csv", *options, "--quiet", "--state", f"{first}.cstate")
        calibrant.output("merge", "100.cstate", "0.cstate", "-o", "all.cstate")
        merged, whole = calibrant.evaluate("--from-state", "all.cstate"), calibrant.evaluate("x.csv", *options)
        assert merged["data"]["soft_labels"] == 240
        for name, metric in merged["metrics"].items():
            assert (metric["value"] is None) == (whole["metrics"][name]["value"] is None)
            if metric["value"] is not None:
                assert metric["value"] == pytest.approx(whole["metrics"][name]["value"], abs=1e-13), name

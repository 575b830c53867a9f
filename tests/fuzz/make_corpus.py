"""Makes the seed inputs of the fuzzers: small files of every kind that the readers know, and a few that they refuse.

    tests/fuzz/make_corpus.py COMMAND

COMMAND is the calibrant command, which writes the states. The files are committed, so a test run needs none of this;
run it again when a format or a reader gains something that the seeds should show.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

CORPUS = Path(__file__).resolve().parent / "corpus"


def write(kind: str, name: str, content: bytes) -> None:
    folder = CORPUS / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def npy_bytes(array: np.ndarray, version: tuple[int, int] | None = None) -> bytes:
    with tempfile.TemporaryFile() as file:
        np.lib.format.write_array(file, array, version=version, allow_pickle=True)
        file.seek(0)
        return file.read()


def probabilities(rows: int, classes: int) -> np.ndarray:
    weights = np.random.default_rng(1).integers(1, 64, (rows, classes)).astype(np.float64)
    return weights / weights.sum(axis=1, keepdims=True)


def make_npy() -> None:
    p = probabilities(6, 3)
    for dtype in ("f2", "f4", "f8", ">f4", "i4"):
        write("npy", f"scores_{dtype.strip('>')}{'_big' if '>' in dtype else ''}.npy", npy_bytes(p.astype(dtype)))
    write("npy", "scores_logits.npy", npy_bytes(np.log(p).astype("f4")))
    write("npy", "scores_special.npy", npy_bytes(np.array([[np.nan, 1], [-np.inf, 0], [np.inf, 1], [1 + 1e-7, 0]])))
    write("npy", "scores_fortran.npy", npy_bytes(np.asfortranarray(p)))
    write("npy", "scores_empty.npy", npy_bytes(np.zeros((0, 4), "f4")))
    write("npy", "scores_wide.npy", npy_bytes(probabilities(2, 40).astype("f4")))
    for version in ((1, 0), (2, 0), (3, 0)):
        write("npy", f"version_{version[0]}.npy", npy_bytes(p.astype("f4"), version))
    labels = np.array([0, 1, 2, 1])
    for dtype in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "?", "f8"):
        write("npy", f"labels_{dtype.replace('?', 'bool')}.npy", npy_bytes(labels.astype(dtype)))
    write("npy", "labels_text.npy", npy_bytes(np.array(["cat", "dog", "", "naïve", "𝄞"])))
    write("npy", "labels_bytes.npy", npy_bytes(np.array([b"cat", b"dog", b"x"])))
    write("npy", "labels_object.npy", npy_bytes(np.array(["cat", None], dtype=object)))
    write("npy", "labels_column.npy", npy_bytes(labels.reshape(-1, 1)))
    write("npy", "labels_i16.npy", npy_bytes(np.zeros(2, "S16")).replace(b"'|S16'", b"'<i16'"))  # no such width
    write("npy", "records.npy", npy_bytes(np.zeros(2, dtype=[("a", "f4"), ("b", "i4")])))


def make_npz() -> None:
    p = probabilities(6, 3)
    arrays = {"scores": p.astype("f4"), "label": np.array([0, 1, 2, 1, 0, 0]), "w": np.arange(6) / 2.0, "g": np.array(["north", ""] * 3)}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "x.npz"

        def save(corpus_name: str, writer: Callable[..., None], **members: np.ndarray) -> bytes:
            writer(path, **members)
            write("npz", corpus_name, path.read_bytes())
            return path.read_bytes()

        stored = save("stored.npz", np.savez, **arrays)
        packed = save("packed.npz", np.savez_compressed, **arrays)
        save("one_array_per_class.npz", np.savez_compressed, cat=p[:, 0], dog=p[:, 1], owl=p[:, 2], label=np.array(["cat", "dog", "owl", "", "x", "cat"]))
        save("soft_labels.npz", np.savez_compressed, scores=p, label=p[::-1].copy())
        save("many_rows.npz", np.savez_compressed, scores=np.full((20000, 2), 0.5, "f2"), label=np.zeros(20000, "i1"))
        save("objects.npz", np.savez, scores=p, label=np.array([None] * 6, dtype=object))
        save("other_lengths.npz", np.savez, scores=p, label=np.zeros(5, "i8"))
        save("no_rows.npz", np.savez, scores=np.zeros((0, 3)), label=np.zeros(0, "i8"))
        with zipfile.ZipFile(path, "w") as archive:
            with archive.open("scores.npy", "w", force_zip64=True) as member:
                member.write(npy_bytes(p))
            archive.writestr("label.npy", npy_bytes(np.zeros(6, "i4")), zipfile.ZIP_DEFLATED)
            archive.writestr("readme.txt", "no array")
            archive.comment = b"a comment"
        write("npz", "mixed.npz", path.read_bytes())
    write("npz", "wrong_crc.npz", stored.replace(npy_bytes(arrays["w"])[-8:], b"\0" * 8))
    write("npz", "cut.npz", packed[:-30])


def make_jsonl() -> None:
    record = {"id": 7, "scores": {"cat": 0.5, "dog": 0.25, "owl": 0.25}, "label": "dog", "w": 2, "g": "nörd", "more": [1, {"a": [None, True]}, "x\\y"]}
    lines = [record, {"label": "owl", "scores": {"owl": 1}}, {"scores": {"dog": 0.5, "cat": 0.5}, "label": None, "w": 0.5, "g": 3}]
    write("jsonl", "objects.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
    write("jsonl", "arrays.jsonl", b'{"scores":[0.5,0.25,0.25],"label":1}\r\n{"label":"2","scores":[1e0,0,-0]}\n\n')
    write("jsonl", "fields.jsonl", b'{"cat":-1,"dog":-2.5e-1,"label":"cat"}\n{"dog":0,"label":"dog"}')
    write("jsonl", "nested.jsonl", b'{"a":{"b":{"cat":1,"dog":0}},"label":"cat"}\n{"a":{"b":{"dog":1}},"label":"dog"}\n')
    write("jsonl", "special.jsonl", b'{"scores":[NaN,Infinity],"label":true}\n{"scores":[-Infinity,1e400],"label":1.0}\n{"scores":[null,1e-400],"label":""}\n')
    write("jsonl", "escapes.jsonl", b'{"scores":{"c\\u0061t":1,"d\\"g":0},"label":"\\ud834\\udd1e","t":"\\q"}\n')
    write("jsonl", "bare_arrays.jsonl", b"[0.5,0.5]\n[1,0]\n")
    write("jsonl", "broken.jsonl", b'{"scores":[1,0],"label":0}\n{"scores":[1 0],"label":0\n')
    write("jsonl", "repeated.jsonl", b'{"scores":{"a":1,"b":0},"label":"a"}\n{"scores":{"a":1,"a":0},"label":"a","label":"b"}\n')
    write("jsonl", "unknown_key.jsonl", b'{"scores":{"a":1,"b":0},"label":"a"}\n{"scores":{"c":1},"label":"a"}\n')
    write("jsonl", "deep.jsonl", b'{"scores":[1,0],"label":0,"d":' + b"[" * 70 + b"]" * 70 + b"}\n")
    write("jsonl", "bom_blank.jsonl", b'\xef\xbb\xbf{"scores":[1,0],"label":0}\n \n{"scores":[1,0],"label":0}\n')


def make_csv() -> None:
    rows = "".join(f"{a:.4f},{1 - a:.4f},{'cat' if a > 0.5 else 'dog'},{i % 3},north\n" for i, a in enumerate((0.9, 0.25, 0.5)))
    plain = "cat,dog,label,w,g\n" + rows
    write("csv", "plain.csv", plain.encode())
    write("csv", "crlf_bom.csv", ("\ufeff" + plain.replace("\n", "\r\n")).encode())
    write("csv", "quoted.csv", b'"cat","do""g","label"\r\n"0.5","0.5","do""g"\r\n.5,5e-1,"cat"\r\n')
    write("csv", "line_breaks.csv", b'cat,"d\nog",label\n1,0,"d\nog"\n0,1,cat')
    write("csv", "special_numbers.csv", b"cat,dog,label\nnan,inf,cat\n,-Infinity,dog\n1e400,-1e-400,\n+0.5, 5e-1 ,nan\n")
    write("csv", "soft_labels.csv", b"p_a,p_b,q_b,q_a\n1,0,0.25,0.75\n0,1,1,0\n.5,.5,nan,1\n.5,.5,-1,2\n")
    write("csv", "confidences.csv", b"c,id,pred\n0.5,r1,cat\n1.0000001,r2,1\n85,,true\n.25,r2,0.0\n,r3,\n")
    write("csv", "ragged.csv", b"cat,dog,label\n1,0\n1,0,cat,\n")
    write("csv", "blank_lines.csv", b"cat,dog,label\n1,0,cat\n\n\r\n")
    write("csv", "open_quote.csv", b'cat,dog,label\n1,"0,cat\n')
    write("csv", "stray_quote.csv", b'cat,dog,label\n1,0"5,cat\n')
    write("csv", "repeated_columns.csv", b"cat,cat,label\n1,0,cat\n")
    write("csv", "semicolons.csv", b"cat;dog;label\n0,5;0,5;cat\n")
    write("csv", "utf16.csv", plain.encode("utf-16"))
    write("csv", "header_alone.csv", b"cat,dog,label")
    write("csv", "row_index.csv", b",cat,dog,label\n0,1,0,cat\n")


def edited(state: bytes, edit: Callable[[str], str]) -> bytes:
    """The state with another description and a checksum that fits it."""
    length = int.from_bytes(state[:8], "little")
    header, payload = json.loads(state[8 : 8 + length]), state[8 + length :]
    metadata = header["__metadata__"]
    metadata["state"] = edit(metadata["state"])
    metadata["sha256"] = hashlib.sha256(metadata["state"].encode() + payload).hexdigest()
    header["__metadata__"] = dict(sorted(metadata.items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + payload


def make_states(command: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        header = "a,b,label,w,g\n"
        rows = "".join(f"{a},{1 - a},{'a' if i % 2 else 'b'},{i % 4 / 2},{'north' if i % 3 else 'süd'}\n" for i, a in enumerate((1.0, 0.75, 0.5, 0.25, 0.125)))
        (folder / "x.csv").write_text(header + rows, encoding="utf-8")
        columns = ["--probabilities", "--scores", "a,b"]
        cases = {
            "plain": columns,
            "logits": ["--logits", "--scores", "a,b", "--log-floor", "1e-15"],
            "weights": [*columns, "--weight", "w"],
            "importance": [*columns, "--weight", "w", "--weight-kind", "importance"],
            "groups": [*columns, "--group", "g", "--hash"],
        }
        for case, options in cases.items():
            state = folder / f"{case}.cstate"
            subprocess.run([command, "evaluate", "x.csv", *options, "--bins", "2", "--quiet", "--state", state.name], check=True, cwd=folder)
            write("state", state.name, state.read_bytes())
    plain = (CORPUS / "state" / "plain.cstate").read_bytes()
    write("state", "spaced.cstate", edited(plain, lambda text: text.replace("{", "{ ", 1)))
    write("state", "unknown_key.cstate", edited(plain, lambda text: text.replace('"weighted": false', '"weighted": false, "more": 1')))
    write("state", "many_bins.cstate", edited(plain, lambda text: text.replace('"bins": 2', '"bins": 65536')))
    write("state", "many_rows.cstate", edited(plain, lambda text: text.replace('"measured": 5', '"measured": 18446744073709551615')))
    write("state", "not_a_state.cstate", b"\x20\x00\x00\x00\x00\x00\x00\x00" + b'{"__metadata__":{"format":"x"}}'.ljust(32))


def make_models(command: str) -> None:
    """One model of each kind of parameters, of a few rows, and one that was chosen."""
    rows = (CORPUS.parents[2] / "examples" / "digits" / "logistic_regression.csv").read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "few.csv").write_text("\n".join(rows[:61]) + "\n", encoding="utf-8")
        for method in ("temperature", "ets", "vector", "sms", "platt", "histogram", "isotonic", "scaling_binning", "venn_abers", "auto"):
            model = folder / f"{method}.calibrant"
            options = ["--probabilities", "--scores", "p_*", "--method", method, "--quiet", "-o", model.name]
            subprocess.run([command, "fit", "few.csv", *options], check=True, cwd=folder)
            write("model", model.name, model.read_bytes())


def make_limits() -> None:
    write("limits", "plain.toml", b"[max]\nece = 0.03\n\n[min]\naccuracy = 0.9\n")
    write("limits", "everything.toml", b"level = 0.99\nno_worse_than = 'old.cstate'\nper_group = true\nper_class = false\n[max]\nclasswise_ece = {limit = 2e-2, per_class = true}\n[margin]\nece = 0.01\n")
    write("limits", "dotted.toml", b'max.ece = 0.03\nmax."brier".limit = 1\n')
    write("limits", "integers.toml", b"[max]\nlog_loss = 1\nmce = 0x1\nece = 1_0\n")
    write("limits", "special.toml", b"[max]\nece = nan\nlog_loss = inf\n")
    write("limits", "unknown_metric.toml", b"[max]\necee = 0.03\n")
    write("limits", "unknown_key.toml", b"[maximum]\nece = 0.03\n")
    write("limits", "other_types.toml", b'level = "0.95"\n[max]\nece = [0.03]\naccuracy = 1979-05-27\n')
    write("limits", "twice.toml", b"[max]\nece = 0.03\nece = 0.04\n")
    write("limits", "zero_byte.toml", b'[max]\n"e\\u0000ce" = 0.03\n')
    write("limits", "unicode.toml", "[max]\n\"ecé\" = 0.03 # süd\n".encode())
    write("limits", "crlf_bom.toml", b"\xef\xbb\xbf[max]\r\nece = 0.03\r\n")
    write("limits", "deep.toml", b"a = " + b"[" * 300 + b"]" * 300 + b"\n")
    write("limits", "no_limit.toml", b"level = 0.95\n")
    write("limits", "odd_table.toml", b"[!max]\nece = 0.03\n")
    write("limits", "no_toml.toml", b"ece: 0.03\n")


def make_json() -> None:
    write("json", "plain.txt", b"cat")
    write("json", "escapes.txt", b'a"b\\c\n\t\x00\x1f\x7f/')
    write("json", "unicode.txt", "naïve 東京 𝄞 \u2028".encode())
    write("json", "not_utf8.txt", b"\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe6\x9d")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make_npy()
    make_npz()
    make_jsonl()
    make_csv()
    make_states(str(Path(sys.argv[1]).resolve()))
    make_models(str(Path(sys.argv[1]).resolve()))
    make_limits()
    make_json()

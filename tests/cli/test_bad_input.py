"""Input that cannot be measured: one sentence that says where, what was got, what was expected and the way out; exit status 3; no output."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

P = "--probabilities"
PATTERN = (P, "--scores", "p_*")


def text(content: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(content, encoding="utf-8")


def raw(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content)


def array(values, dtype: str | None = None) -> Callable[[Path], None]:
    return lambda path: np.save(path, np.asarray(values, dtype=dtype), allow_pickle=True)


def table(**columns) -> Callable[[Path], None]:
    return lambda path: pq.write_table(pa.table(columns), path)


def archive(**arrays) -> Callable[[Path], None]:
    return lambda path: np.savez(path, **arrays)


def arrow(**columns) -> Callable[[Path], None]:
    return lambda path: pa.feather.write_feather(pa.table(columns), path)


def damaged(make: Callable[[Path], None], place: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        make(path)
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(content)

    return write


def cut(make: Callable[[Path], None], keep: float) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        make(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * keep)])

    return write


def rows(*lines: str, header: str = "p_a,p_b,label") -> Callable[[Path], None]:
    return text("\n".join([header, *lines]) + "\n")


HALF = [[0.5, 0.5], [0.25, 0.75]]
GOOD_LABELS = array([0, 1])


@dataclass
class Case:
    name: str
    files: dict[str, Callable[[Path], None]]
    arguments: tuple[str, ...]
    says: tuple[str, ...]  # parts of the sentence, in this order
    status: int = 3


CASES = [
    # Scores.
    Case("NaN", {"x.csv": rows("0.5,0.5,a", "nan,0.5,b", "0.5,nan,b")}, ("x.csv", *PATTERN),
         ("x.csv: row 1 ", "has NaN in column 0", '"a"', "expected a number from 0 to 1", "2 of 3 rows are refused", "--on-invalid skip")),
    Case("an empty cell", {"x.csv": rows(",0.5,a")}, ("x.csv", *PATTERN), ("x.csv: row 0 ", "has NaN in column 0", "expected a number", "no other row")),
    Case("infinity", {"x.csv": rows("0.5,0.5,a", "inf,0,b")}, ("x.csv", *PATTERN), ("x.csv: row 1 ", "has infinity in column 0", "expected")),
    Case("negative", {"x.csv": rows("0.5,0.5,a", "1.25,-0.25,b")}, ("x.csv", *PATTERN),
         ("x.csv: row 1 ", "has -0.25 in column 1", '"b"', "expected a probability from 0 to 1", "--logits")),
    Case("above one", {"x.csv": rows("0.5,1.5,a")}, ("x.csv", *PATTERN), ("x.csv: row 0 ", "has 1.5 in column 1", "expected a probability")),
    Case("a sum that is not 1", {"x.csv": rows("0.5,0.5,a", "0.5,0.3,a", "0.1,0.2,a")}, ("x.csv", *PATTERN),
         ("x.csv: row 1 ", "sums to 0.8, expected 1 within 0.001", "--renormalize", "--logits", "2 of 3 rows")),
    Case("percentages", {"x.csv": rows("50,50,a")}, ("x.csv", *PATTERN), ("x.csv: row 0 ", "has 50", "sums to 100", "percentages", "--scale percent")),
    Case("NaN logits", {"x.npy": array([[1.0, 2.0], [np.nan, 0.0]]), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", "--logits"),
         ("x.npy: row 1 ", "has NaN in column 0", "expected a finite logit")),
    Case("infinite logits", {"x.npy": array([[1.0, 2.0], [np.inf, 0.0]]), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", "--logits"),
         ("x.npy: row 1 ", "has infinity", "expected a finite logit")),
    Case("no finite logit", {"x.npy": array([[1.0, 2.0], [-np.inf, -np.inf]]), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", "--logits"),
         ("x.npy: row 1 ", "has -infinity for every class", "expected at least one finite logit")),
    Case("an undeclared kind", {"x.csv": rows("0.5,0.5,a")}, ("x.csv", "--scores", "p_*"),
         ("x.csv: say what the scores are", "--probabilities", "--logits", "first row sum to 1")),
    Case("text among scores", {"x.csv": rows("0.5,half,a")}, ("x.csv", *PATTERN), ('x.csv: row 0 (line 2), column "p_b": got "half", expected a number',)),
    Case("hexadecimal", {"x.csv": rows("0x1p-1,0.5,a")}, ("x.csv", *PATTERN), ('got "0x1p-1", expected a number',)),
    # Labels.
    Case("an unknown label", {"x.csv": rows("0.5,0.5,a", "0.5,0.5,c")}, ("x.csv", *PATTERN),
         ('x.csv: row 1 ', 'has label "c" (line 3), expected one of "a", "b"', "no other row is refused")),
    Case("a missing label", {"x.csv": rows("0.5,0.5,a", "0.5,0.5,")}, ("x.csv", *PATTERN), ("x.csv: row 1 ", "has no label (line 3), expected one of")),
    Case("labels that count from 1", {"x.npy": array(HALF), "y.npy": array([1, 2])}, ("x.npy", "--labels", "y.npy", P),
         ("x.npy: row 1 ", 'has label "2" in y.npy', 'expected one of "0", "1"', "--classes 1,2")),
    Case("positions beside names", {"x.csv": rows("0.5,0.5,0")}, ("x.csv", *PATTERN), ('has label "0"', "not positions", "--classes 0,1")),
    Case("names beside positions", {"x.npy": array(HALF), "y.npy": array(["cat", "dog"])}, ("x.npy", "--labels", "y.npy", P),
         ('has label "cat" in y.npy', "name the classes in the order of the columns with --classes")),
    Case("float text labels", {"x.csv": rows("0.5,0.5,1.0", header="0,1,label")}, ("x.csv", P), ('has label "1.0"', "write 1")),
    Case("float labels", {"x.npy": array(HALF), "y.npy": array([0.0, 1.0])}, ("x.npy", "--labels", "y.npy", P),
         ("y.npy: labels are of type '<f8', expected integers or text", "astype('int64')")),
    Case("object labels", {"x.npy": array(HALF), "y.npy": array(["a", None], "O")}, ("x.npy", "--labels", "y.npy", P),
         ("y.npy: is an array of Python objects", "never read", "dtype=str")),
    Case("float labels in Parquet", {"x.parquet": table(p_a=[0.5], p_b=[0.5], label=[1.0])}, ("x.parquet", *PATTERN),
         ('x.parquet: column "label" is of type float64, expected integers or text',)),
    Case("no label column", {"x.csv": rows("0.5,0.5,a", header="p_a,p_b,Label")}, ("x.csv", *PATTERN),
         ('x.csv: there is no label column "label"', 'did you mean "Label"?', 'columns: "p_a", "p_b", "Label"', "--label")),
    Case("no label column in Parquet", {"x.parquet": table(p_a=[0.5], p_b=[0.5], target=["a"])}, ("x.parquet", *PATTERN),
         ('x.parquet: there is no label column "label"', "--label")),
    Case("an array without labels", {"x.npy": array(HALF)}, ("x.npy", P), ("x.npy: a .npy file has no labels", "--labels")),
    Case("one-hot labels of other classes", {"x.npy": array(HALF), "y.npy": array([[1, 0, 0], [0, 1, 0]])}, ("x.npy", "--labels", "y.npy", P),
         ("y.npy: is an array of shape (2, 3), expected one label per row or, for soft labels, one share per class",)),
    Case("too few labels", {"x.npy": array(HALF), "y.npy": array([0])}, ("x.npy", "--labels", "y.npy", P),
         ("y.npy: holds 1 labels for 2 rows of x.npy, expected one label per row",)),
    Case("too many labels", {"x.npy": array(HALF), "y.npy": array([0, 1, 1])}, ("x.npy", "--labels", "y.npy", P), ("y.npy: holds 3 labels for 2 rows of x.npy",)),
    # Classes and columns.
    Case("one class", {"x.csv": rows("1,a", header="p_a,label")}, ("x.csv", *PATTERN), ('x.csv: found 1 score column "a", expected one per class, at least 2',)),
    Case("one class in an array", {"x.npy": array([[1.0], [1.0]]), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P),
         ("x.npy: found 1 score column", "at least 2")),
    Case("no class", {"x.npy": array(np.zeros((2, 0))), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P), ("x.npy: found no score column",)),
    Case("a repeated class name", {"x.npy": array(HALF), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P, "--classes", "a,a"),
         ('x.npy: classes: the name "a" stands at positions 0 and 1, expected each name once',)),
    Case("an empty class name", {"x.npy": array(HALF), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P, "--classes", "a,"), ("name 1 is empty",)),
    Case("a repeated column", {"x.csv": rows("0.5,0.5,a", header="p_a,p_a,label")}, ("x.csv", *PATTERN),
         ('x.csv: columns 1 and 2 are both named "p_a", expected each name once',)),
    Case("a column listed twice", {"x.csv": rows("0.5,0.5,a")}, ("x.csv", P, "--scores", "p_a,p_a"), ('"p_a" stands at positions 0 and 1',)),
    Case("more columns than classes", {"x.npy": array([[0.5, 0.25, 0.25]]), "y.npy": array([0])}, ("x.npy", "--labels", "y.npy", P, "--classes", "a,b"),
         ("x.npy: 3 score columns and 2 class names, expected as many",)),
    Case("no column matches", {"x.csv": rows("0.5,0.5,a")}, ("x.csv", P, "--scores", "q_*"), ('x.csv: no column matches the pattern "q_*"', "--scores")),
    Case("a score column that is not there", {"x.csv": rows("0.5,0.5,a")}, ("x.csv", P, "--scores", "p_a,p_c"), ('x.csv: there is no score column "p_c"',)),
    Case("a column without a name", {"x.csv": rows("0,0.5,0.5,a", header=",p_a,p_b,label")}, ("x.csv", P), ("x.csv: column 1 has no name", "--scores")),
    Case("no group column", {"x.csv": rows("0.5,0.5,a")}, ("x.csv", *PATTERN, "--group", "country"), ('x.csv: there is no group column "country"', "--group")),
    Case("integer scores in Parquet", {"x.parquet": table(p_a=[1], p_b=[0], label=["a"])}, ("x.parquet", *PATTERN),
         ('x.parquet: column "p_a" is of type integer, expected float16, float32 or float64 scores',)),
    Case("a class file that is not there", {"x.npy": array(HALF), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P, "--classes", "names.txt"),
         ("names.txt: cannot read the class names",)),
    # One column of two classes.
    Case("no positive column", {"x.csv": rows("0.5,a", header="p,label")}, ("x.csv", P, "--positive", "a", "q"),
         ('x.csv: there is no positive column "q"', 'columns: "p", "label"', "--positive")),
    Case("an undeclared kind of one column", {"x.csv": rows("0.5,a", "0.5,b", header="p,label")}, ("x.csv", "--positive", "a", "p"),
         ("x.csv: say what the scores are, --probabilities (from 0 to 1) or --logits", 'column "p" starts with 0.5')),
    Case("an undeclared percentage", {"x.csv": rows("50,a", "1,b", header="p,label")}, ("x.csv", "--positive", "a", "p"), ("starts with 50", "--scale percent")),
    Case("three labels", {"x.csv": rows("0.5,a", "0.5,b", "0.5,c", header="p,label")}, ("x.csv", P, "--positive", "a", "p"),
         ('x.csv: the labels are "a", "b", "c", expected the positive class "a" and one other, or 0 and 1',)),
    Case("a positive class without labels", {"x.csv": rows("0.5,a", "0.5,b", header="p,label")}, ("x.csv", P, "--positive", "c", "p"),
         ('the labels are "a", "b", expected the positive class "c" and one other',)),
    Case("a positive class that is not listed", {"x.csv": rows("0.5,a", header="p,label")}, ("x.csv", P, "--positive", "c", "p", "--classes", "a,b"),
         ('the classes are "a", "b", expected two, one of them the positive class "c"',)),
    Case("one column above 1", {"x.csv": rows("0.5,a", "1.5,b", header="p,label")}, ("x.csv", P, "--positive", "a", "p"),
         ('x.csv: row 1 has 1.5 in column "p", expected a probability from 0 to 1', "--scale percent", "--logits")),
    Case("one column of percentages", {"x.csv": rows("85,a", "15,b", header="p,label")}, ("x.csv", P, "--positive", "a", "p"),
         ('x.csv: row 0 has 85 in column "p"', "--scale percent", "all 2 rows are refused")),
    Case("one negative column", {"x.csv": rows("-0.5,a", "0.5,b", header="p,label")}, ("x.csv", P, "--positive", "a", "p"), ('has -0.5 in column "p"', "--logits")),
    Case("NaN in one column", {"x.csv": rows("nan,a", ",b", header="p,label")}, ("x.csv", P, "--positive", "a", "p"), ('has NaN or nothing in column "p"',)),
    Case("an infinite log-odds", {"x.csv": rows("inf,a", "0,b", header="p,label")}, ("x.csv", "--logits", "--positive", "a", "p"), ("row 0 has infinity in column 1",)),
    Case("a column that an array lacks", {"x.npy": array([0.5, 0.25]), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P, "--positive", "1", "p"),
         ('x.npy: there is no column "p" in an array, expected a number from 0 to 0',)),
    # The confidence alone.
    Case("no confidence column", {"x.csv": rows("0.5,1", header="p,ok")}, ("x.csv", "--confidence", "c", "--correct", "ok"), ('x.csv: there is no confidence column "c"',)),
    Case("no correct column", {"x.csv": rows("0.5,1", header="c,OK")}, ("x.csv", "--confidence", "c", "--correct", "ok"),
         ('x.csv: there is no correct column "ok"', 'did you mean "OK"?', "--correct")),
    Case("no prediction column", {"x.csv": rows("0.5,a", header="c,label")}, ("x.csv", "--confidence", "c", "--prediction", "pred"), ('there is no prediction column "pred"',)),
    Case("percentages as confidence", {"x.csv": rows("85,1", "99.5,0", header="c,ok")}, ("x.csv", "--confidence", "c", "--correct", "ok"),
         ("x.csv: row 0 has confidence 85, expected a number from 0 to 1", "--scale percent", "all 2 rows are refused")),
    Case("a negative confidence", {"x.csv": rows("0.5,1", "-0.1,1", header="c,ok")}, ("x.csv", "--confidence", "c", "--correct", "ok"), ("x.csv: row 1 has confidence -0.1",)),
    Case("no confidence", {"x.csv": rows("0.5,1", ",1", header="c,ok")}, ("x.csv", "--confidence", "c", "--correct", "ok"), ("x.csv: row 1 has confidence NaN",)),
    Case("a correctness that is none", {"x.csv": rows("0.5,1", "0.5,2", header="c,ok")}, ("x.csv", "--confidence", "c", "--correct", "ok"),
         ('x.csv: row 1 has "2" as its correctness (line 3), expected 0, 1, true or false', "no other row")),
    Case("a missing correctness", {"x.csv": rows("0.5,1", "0.5,", header="c,ok")}, ("x.csv", "--confidence", "c", "--correct", "ok"),
         ("x.csv: row 1 has no correctness (line 3), expected 0, 1, true or false",)),
    Case("a fractional correctness", {"x.parquet": table(c=[0.5, 0.5], ok=[1.0, 0.5])}, ("x.parquet", "--confidence", "c", "--correct", "ok"),
         ('x.parquet: row 1 has "0.5" as its correctness',)),
    Case("an unknown prediction", {"x.csv": rows("0.5,a,b", "0.5,c,c", header="c,pred,label")}, ("x.csv", "--confidence", "c", "--prediction", "pred", "--classes", "a,b"),
         ('x.csv: row 1 has prediction "c" (line 3), expected one of "a", "b"', "no other row is refused")),
    Case("a missing prediction", {"x.csv": rows("0.5,a,b", "0.5,,b", header="c,pred,label")}, ("x.csv", "--confidence", "c", "--prediction", "pred"),
         ("x.csv: row 1 has no prediction (line 3)",)),
    Case("one class among predictions", {"x.csv": rows("0.5,a,a", header="c,pred,label")}, ("x.csv", "--confidence", "c", "--prediction", "pred"),
         ('x.csv: predictions and labels hold the one class "a", expected at least 2', "--classes")),
    Case("an array of confidences", {"x.npy": array([[0.5]]), "y.npy": array([0])}, ("x.npy", "--labels", "y.npy", "--confidence", "c", "--correct", "ok"),
         ("x.npy: a .npy file has no confidence column, expected a table",)),
    # Soft labels.
    Case("no column of soft labels", {"x.csv": rows("0.5,0.5,1", header="p_a,p_b,q_a")}, ("x.csv", *PATTERN, "--soft-labels", "q_*"),
         ('x.csv: no column of the soft labels "q_*" is for class "b", expected one for each of the 2 classes',)),
    Case("a soft label of another class", {"x.csv": rows("0.5,0.5,1,0", header="p_a,p_b,q_a,q_c")}, ("x.csv", *PATTERN, "--soft-labels", "q_*"),
         ('x.csv: column "q_c" of the soft labels names class "c", expected one of "a", "b"',)),
    Case("too few soft labels", {"x.csv": rows("0.5,0.5,1", header="p_a,p_b,q_a")}, ("x.csv", *PATTERN, "--soft-labels", "q_a"),
         ("x.csv: 1 columns of soft labels and 2 classes, expected as many",)),
    Case("soft labels that do not sum to 1", {"x.csv": rows("0.5,0.5,1,0", "0.5,0.5,0.5,0.4", header="p_a,p_b,q_a,q_b")}, ("x.csv", *PATTERN, "--soft-labels", "q_*"),
         ("x.csv: row 1 has a soft label that sums to 0.9, expected 1 within 0.001", "no other row")),
    Case("percentages as soft labels", {"x.csv": rows("0.5,0.5,40,60", header="p_a,p_b,q_a,q_b")}, ("x.csv", *PATTERN, "--soft-labels", "q_*"),
         ("sums to 100, expected 1", "divide the percentages by 100")),
    Case("a negative soft label", {"x.csv": rows("0.5,0.5,1.5,-0.5", header="p_a,p_b,q_a,q_b")}, ("x.csv", *PATTERN, "--soft-labels", "q_*"),
         ('has -0.5 for class "b" in its soft label, expected a share from 0 to 1',)),
    Case("a missing soft label", {"x.csv": rows("0.5,0.5,,0.5", header="p_a,p_b,q_a,q_b")}, ("x.csv", *PATTERN, "--soft-labels", "q_*"), ("has a soft label with NaN or nothing",)),
    Case("text as soft labels", {"x.parquet": table(p_a=[0.5], p_b=[0.5], q_a=["1"], q_b=["0"])}, ("x.parquet", *PATTERN, "--soft-labels", "q_*"),
         ('x.parquet: column "q_a" is of type text, expected numbers from 0 to 1 for a soft label',)),
    # Labels of another file.
    Case("no id column", {"x.csv": rows("0.5,0.5,1", header="p_a,p_b,id"), "y.csv": rows("a", header="label")}, ("x.csv", *PATTERN, "--labels", "y.csv", "--id", "id"),
         ('y.csv: there is no id column "id"', "--id")),
    Case("an id without a label", {"x.csv": rows("0.5,0.5,r1", "0.5,0.5,r2", header="p_a,p_b,id"), "y.csv": rows("r1,a", header="id,label")},
         ("x.csv", *PATTERN, "--labels", "y.csv", "--id", "id"), ('x.csv: row 1 has the id "r2", which y.csv does not hold', "add its label")),
    Case("a label that is left over", {"x.csv": rows("0.5,0.5,r1", header="p_a,p_b,id"), "y.csv": rows("r1,a", "r2,b", "r3,b", header="id,label")},
         ("x.csv", *PATTERN, "--labels", "y.csv", "--id", "id"), ('y.csv: 2 ids stand in no row of the predictions: "r2", "r3"',)),
    Case("an id twice among labels", {"x.csv": rows("0.5,0.5,r1", header="p_a,p_b,id"), "y.csv": rows("r1,a", "r1,b", header="id,label")},
         ("x.csv", *PATTERN, "--labels", "y.csv", "--id", "id"), ('y.csv: row 1 has the id "r1" again, expected each id once',)),
    Case("an id twice among predictions", {"x.csv": rows("0.5,0.5,7", "0.5,0.5,7", header="p_a,p_b,id"), "y.csv": rows("7,a", header="id,label")},
         ("x.csv", *PATTERN, "--labels", "y.csv", "--id", "id"), ('x.csv: row 1 has the id "7" again',)),
    Case("no id", {"x.csv": rows("0.5,0.5,", header="p_a,p_b,id"), "y.csv": rows("7,a", header="id,label")},
         ("x.csv", *PATTERN, "--labels", "y.csv", "--id", "id"), ("x.csv: row 0 has no id",)),
    Case("no id of a label", {"x.csv": rows("0.5,0.5,7", header="p_a,p_b,id"), "y.csv": rows("7,a", ",a", header="id,label")},
         ("x.csv", *PATTERN, "--labels", "y.csv", "--id", "id"), ("y.csv: row 1 has no id",)),
    Case("an unknown label by id", {"x.csv": rows("0.5,0.5,7", header="p_a,p_b,id"), "y.csv": rows("7,z", header="id,label")},
         ("x.csv", *PATTERN, "--labels", "y.csv", "--id", "id"), ('x.csv: row 0 has label "z" in y.csv, expected one of "a", "b"',)),
    Case("ids of an array", {"x.npy": array(HALF), "y.csv": rows("7,a", header="id,label")}, ("x.npy", P, "--labels", "y.csv", "--id", "id"), ("x.npy: a .npy file has no id column",)),
    Case("ids of labels in an array", {"x.csv": rows("0.5,0.5,7", header="p_a,p_b,id"), "y.npy": GOOD_LABELS}, ("x.csv", *PATTERN, "--labels", "y.npy", "--id", "id"),
         ("y.npy: a .npy file of labels has no id column",)),
    # Weights.
    Case("a negative weight", {"x.csv": rows("0.5,0.5,a,1", "0.5,0.5,b,-2", header="p_a,p_b,label,w")}, ("x.csv", *PATTERN, "--weight", "w"),
         ("x.csv: row 1 ", "has weight -2 (line 3), expected a finite number of at least 0")),
    Case("an infinite weight", {"x.csv": rows("0.5,0.5,a,inf", header="p_a,p_b,label,w")}, ("x.csv", *PATTERN, "--weight", "w"), ("has weight inf",)),
    Case("a huge weight", {"x.csv": rows("0.5,0.5,a,1", "0.5,0.5,a,1e61", header="p_a,p_b,label,w")}, ("x.csv", *PATTERN, "--weight", "w"),
         ("x.csv: row 1 has weight 1e+61 (line 3)", "from 1e-100 to 1e60 unless 0; divide all weights")),
    Case("a tiny weight", {"x.csv": rows("0.5,0.5,a,1e-101", header="p_a,p_b,label,w")}, ("x.csv", *PATTERN, "--weight", "w"), ("has weight 1e-101", "unless 0")),
    Case("a missing weight", {"x.csv": rows("0.5,0.5,a,", header="p_a,p_b,label,w")}, ("x.csv", *PATTERN, "--weight", "w"), ("has weight NaN or none",)),
    Case("all weights zero", {"x.csv": rows("0.5,0.5,a,0", "0.5,0.5,b,0", header="p_a,p_b,label,w")}, ("x.csv", *PATTERN, "--weight", "w"),
         ("weights: all 2 rows have weight 0, expected at least one positive weight",)),
    Case("no weight column", {"x.csv": rows("0.5,0.5,a")}, ("x.csv", *PATTERN, "--weight", "w"), ('x.csv: there is no weight column "w"', "--weight")),
    Case("text weights", {"x.parquet": table(p_a=[0.5], p_b=[0.5], label=["a"], w=["1"])}, ("x.parquet", *PATTERN, "--weight", "w"),
         ('x.parquet: column "w" is of type text, expected numbers for a weight',)),
    # Rows.
    Case("no rows", {"x.csv": rows()}, ("x.csv", *PATTERN), ("no rows: the input holds none, expected at least one",)),
    Case("no rows in an array", {"x.npy": array(np.zeros((0, 3))), "y.npy": array(np.zeros(0, int))}, ("x.npy", "--labels", "y.npy", P), ("no rows",)),
    Case("no rows in Parquet", {"x.parquet": table(p_a=pa.array([], pa.float64()), p_b=pa.array([], pa.float64()), label=pa.array([], pa.string()))},
         ("x.parquet", *PATTERN), ("no rows",)),
    Case("every row skipped", {"x.csv": rows("0.5,0.5,c", "2,0,a")}, ("x.csv", *PATTERN, "--on-invalid", "skip"), ("no rows: all 2 rows were skipped",)),
    Case("an empty file", {"x.csv": text("")}, ("x.csv", *PATTERN), ("x.csv: the file is empty, expected a first line that names the columns",)),
    # Broken files.
    Case("a ragged row", {"x.csv": rows("0.5,0.5,a", "0.5,0.5")}, ("x.csv", *PATTERN), ("x.csv: line 3 (row 1) has 2 cells, expected 3 as in the header",)),
    Case("an empty line", {"x.csv": rows("0.5,0.5,a", "", "0.5,0.5,a")}, ("x.csv", *PATTERN), ("x.csv: line 3 is empty", "remove the empty line")),
    Case("an open quote", {"x.csv": rows('0.5,"0.5,a')}, ("x.csv", *PATTERN), ("x.csv: line 2 (byte 18): the quote is never closed",)),
    Case("UTF-16", {"x.csv": raw("p_a,p_b,label\n0.5,0.5,a\n".encode("utf-16"))}, ("x.csv", *PATTERN), ("x.csv: byte 3 is NUL", "UTF-8")),
    Case("semicolons", {"x.csv": text("p_a;p_b;label\n0,5;0,5;a\n")}, ("x.csv", *PATTERN), ("x.csv: ", "looks separated by semicolons, expected commas")),
    Case("no header", {"x.csv": text("0.25,0.75,a\n")}, ("x.csv", P), ("x.csv: ", "the first line holds numbers such as 0.25, expected the names of the columns")),
    Case("no header, numbers twice", {"x.csv": text("0.5,0.5,a\n")}, ("x.csv", P), ('columns 1 and 2 are both named "0.5"', "the first line holds numbers")),
    Case("a truncated array", {"x.npy": cut(array(HALF), 0.95), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P),
         ("x.npy: damaged at byte 128", "shape (2, 2)", "needs 160 bytes, the file has 152")),
    Case("a truncated header", {"x.npy": cut(array(HALF), 0.3), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P), ("x.npy: damaged at byte 8", "header")),
    Case("no array", {"x.npy": text("0.5 0.5\n"), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P), ("x.npy: damaged at byte 0", "not those of a .npy file")),
    Case("an array of objects", {"x.npy": array([[0.5, None]], "O"), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P), ("x.npy: is an array of Python objects",)),
    Case("an array of integers", {"x.npy": array([[1, 0]]), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P), ("x.npy: is an array of type '<i8', expected scores",)),
    Case("a big-endian array", {"x.npy": array(HALF, ">f8"), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P), ("x.npy: ", "big-endian", "newbyteorder")),
    Case("Fortran order", {"x.npy": lambda path: np.save(path, np.asfortranarray(HALF)), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P),
         ("x.npy: is an array in Fortran order", "ascontiguousarray")),
    Case("a flat array", {"x.npy": array([0.5, 0.5]), "y.npy": GOOD_LABELS}, ("x.npy", "--labels", "y.npy", P), ("x.npy: is an array of shape (2), expected 2 dimensions",)),
    Case("a truncated Parquet file", {"x.parquet": cut(table(p_a=[0.5], p_b=[0.5], label=["a"]), 0.7)}, ("x.parquet", *PATTERN),
         ("x.parquet: is not a readable Parquet file", "write it again")),
    Case("no Parquet file", {"x.parquet": text("p_a,p_b,label\n")}, ("x.parquet", *PATTERN), ("x.parquet: is not a readable Parquet file",)),
    Case("an empty Parquet file", {"x.parquet": text("")}, ("x.parquet", *PATTERN), ("x.parquet: is not a readable Parquet file",)),
    # NumPy archives.
    Case("no archive", {"x.npz": text("hello")}, ("x.npz", P), ("x.npz: damaged at byte 0: no directory ends the file", "save the archive again")),
    Case("an array under another name", {"x.npz": raw(b"\x93NUMPY\x01\x00" + bytes(200))}, ("x.npz", P), ("x.npz: damaged at byte 0: no directory ends the file",)),
    Case("a truncated archive", {"x.npz": cut(archive(s=HALF, label=[0, 1]), 0.9)}, ("x.npz", P), ("x.npz: damaged at byte 0", "cut short")),
    Case("an archive of nothing", {"x.npz": archive()}, ("x.npz", P), ("x.npz: the archive holds no array, expected scores and labels",)),
    Case("an archive without the label", {"x.npz": archive(s=HALF, labels=[0, 1])}, ("x.npz", P), ('x.npz: there is no label column "label"; did you mean "labels"?', "--label")),
    Case("two arrays that may be the scores", {"x.npz": archive(s=HALF, t=HALF, label=[0, 1])}, ("x.npz", P),
         ('x.npz: "s", "t" may all be the scores, expected one of them', "--scores")),
    Case("arrays of other lengths", {"x.npz": archive(s=HALF, label=[0, 1, 1])}, ("x.npz", P), ('x.npz: "s" has 2 rows and "label" has 3',)),
    Case("a damaged member", {"x.npz": damaged(archive(s=np.full((900, 2), 0.5), label=np.zeros(900, int)), 5000)}, ("x.npz", P),
         ('x.npz["s"]: damaged at byte ', "the CRC-32 of the member is", "save the archive again")),
    Case("objects in an archive", {"x.npz": archive(s=HALF, label=np.array(["a", None], dtype=object))}, ("x.npz", P), ('x.npz["label"]: is an array of Python objects', "never read")),
    Case("Fortran order in an archive", {"x.npz": archive(s=np.asfortranarray(HALF), label=[0, 1])}, ("x.npz", P), ('x.npz["s"]: is an array in Fortran order',)),
    Case("scores of all classes as a confidence", {"x.npz": archive(s=HALF, label=[0, 1], y=[0, 1])}, ("x.npz", "--confidence", "s", "--prediction", "y"),
         ('x.npz: column "s" holds 2 numbers in a row, expected one', "--scores")),
    Case("scores by class as a positive class", {"x.jsonl": text('{"s":{"a":1,"b":0},"label":"a"}\n')}, ("x.jsonl", P, "--positive", "a", "s"),
         ('x.jsonl: column "s" holds 2 numbers in a row, expected one', "--scores")),
    Case("lists as a confidence", {"x.arrow": arrow(s=HALF, label=[0, 1])}, ("x.arrow", "--confidence", "s", "--correct", "label"),
         ('x.arrow: column "s" holds 2 numbers in a row, expected one',)),
    # JSON lines.
    Case("no JSON", {"x.jsonl": text("p_a,p_b,label\n")}, ("x.jsonl", P), ("x.jsonl: line 1 (row 0): expected one JSON object or array per line",)),
    Case("JSON over several lines", {"x.jsonl": text('{\n"s": [1, 0]\n}\n')}, ("x.jsonl", P), ("x.jsonl: line 1 (row 0): expected one JSON object or array per line",)),
    Case("a broken line", {"x.jsonl": text('{"s":[1,0],"label":0}\n{"s":[1,0],"label":\n')}, ("x.jsonl", P),
         ("x.jsonl: line 2 (row 1): expected one JSON object or array per line", "write the line again")),
    Case("an empty JSON file", {"x.jsonl": text("")}, ("x.jsonl", P), ("x.jsonl: the file is empty, expected one JSON object per line",)),
    Case("an empty line of JSON", {"x.jsonl": text('{"s":[1,0],"label":0}\n\n{"s":[1,0],"label":0}\n')}, ("x.jsonl", P), ("x.jsonl: line 2 is empty", "remove the empty line")),
    Case("fewer scores in an array", {"x.jsonl": text('{"s":[1,0],"label":0}\n{"s":[1],"label":0}\n')}, ("x.jsonl", P),
         ('x.jsonl: line 2 (row 1): field "s" has 1 scores, expected 2', "write an object whose keys are the classes")),
    Case("options without a probability", {"x.jsonl": text('{"s":{"a":0.5,"b":0.5},"label":"a"}\n{"s":{"a":0.5},"label":"a"}\n')}, ("x.jsonl", P),
         ("x.jsonl: row 1 ", "sums to 0.5", "expected 1")),
    Case("a label that is an object", {"x.jsonl": text('{"s":[1,0],"label":{"x":0}}\n')}, ("x.jsonl", P),
         ('x.jsonl: line 1 (row 0): field "label" holds an object, expected text or a number',)),
    Case("text among JSON scores", {"x.jsonl": text('{"s":[1,"0"],"label":0}\n')}, ("x.jsonl", P, "--scores", "s"),
         ('x.jsonl: line 1 (row 0): field "s" holds "0", expected numbers as scores',)),
    Case("a path that is not there", {"x.jsonl": text('{"a":{"s":[1,0]},"label":0}\n')}, ("x.jsonl", P, "--scores", "a.t"), ('there is no score column "a.t"', 'did you mean "a.s"?')),
    # Lists and Arrow.
    Case("lists of several lengths", {"x.parquet": table(s=[[0.5, 0.5], [1.0]], label=[0, 1])}, ("x.parquet", P),
         ('x.parquet: row 1 has 1 scores in column "s", expected 2 as in the first row',)),
    Case("a null list", {"x.arrow": arrow(s=[[0.5, 0.5], None], label=[0, 1])}, ("x.arrow", P), ('x.arrow: row 1 has no scores in column "s", expected 2',)),
    Case("lists of integers", {"x.parquet": table(s=[[1, 0]], label=[0])}, ("x.parquet", P, "--scores", "s"),
         ('x.parquet: column "s" is of type lists of integer, expected float16, float32 or float64 scores',)),
    Case("no Arrow file", {"x.arrow": text("p_a,p_b,label\n")}, ("x.arrow", *PATTERN), ("x.arrow: is not a readable Arrow file", "neither those of an Arrow file nor", "write it again")),
    Case("an empty Arrow file", {"x.feather": text("")}, ("x.feather", *PATTERN), ("x.feather: is not a readable Arrow file",)),
    Case("Feather of version 1", {"x.feather": raw(b"FEA1" + bytes(60))}, ("x.feather", *PATTERN), ("x.feather: is not a readable Arrow file", "expected version 2")),
    Case("a truncated Arrow file", {"x.arrow": cut(arrow(p_a=[0.5], p_b=[0.5], label=["a"]), 0.7)}, ("x.arrow", *PATTERN), ("x.arrow: is not a readable Arrow file",)),
    # Files.
    Case("an absent file", {}, ("x.csv", *PATTERN), ("x.csv: no such file; give the path of a file that can be read",)),
    Case("an absent label file", {"x.npy": array(HALF)}, ("x.npy", "--labels", "y.npy", P), ("y.npy: no such file",)),
    Case("a folder", {"x.csv": lambda path: path.mkdir()}, ("x.csv", *PATTERN), ("x.csv: is a directory, expected a regular file",)),
    Case("another kind of file", {"x.xlsx": text("PK")}, ("x.xlsx", *PATTERN), ("x.xlsx: files of this kind are not read, expected .npy, .npz, .csv",)),
    Case("a shard without labels", {"x.csv": rows("0.5,0.5,a"), "x.npy": array(HALF)}, ("x.csv", "x.npy", *PATTERN), ("x.npy: a .npy file has no labels", "--labels")),
    Case("shards of other classes", {"x.csv": rows("0.5,0.5,a"), "y.jsonl": text('{"p_a":0.5,"p_c":0.5,"label":"a"}\n')}, ("x.csv", "y.jsonl", *PATTERN),
         ("y.jsonl: has other columns than x.csv: its classes are", '"a", "c", expected "a", "b"')),
    Case("a shard with more options", {"x.jsonl": text('{"s":{"a":0.5,"b":0.5},"label":"a"}\n'), "y.jsonl": text('{"s":{"a":0.5,"c":0.5},"label":"a"}\n')},
         ("x.jsonl", "y.jsonl", P), ('y.jsonl: line 1 (row 0): field "s" has the key "c"', "--classes")),
    Case("a shard without names", {"x.jsonl": text('{"s":{"a":0.5,"b":0.5},"label":"a"}\n'), "y.npz": archive(s=HALF, label=[0, 1])},
         ("x.jsonl", "y.npz", P), ('y.npz: has other columns than x.jsonl: its classes are "0", "1", expected "a", "b"',)),
    Case("shards of other columns", {"x.csv": rows("0.5,0.5,a"), "y.csv": rows("0.5,0.5,a", header="p_b,p_a,label")}, ("x.csv", "y.csv", *PATTERN),
         ("y.csv: has other columns than x.csv",)),
    Case("shards of other widths", {"x.npy": array(HALF), "z.npy": array([[0.5, 0.25, 0.25]]), "y.npy": GOOD_LABELS},
         ("x.npy", "z.npy", "--labels", "y.npy", P), ("z.npy: has 3 columns, but x.npy has 2",)),
    Case("an absent state", {}, ("--from-state", "x.cstate"), ("x.cstate: no such file",)),
    Case("no state", {"x.cstate": text("hello, world")}, ("--from-state", "x.cstate"), ("x.cstate: damaged at byte 0", "no file of Calibrant")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_is_refused_in_one_sentence(calibrant, tmp_path: Path, case: Case) -> None:
    for name, make in case.files.items():
        make(tmp_path / name)
    outputs = ("--json", "out.json", "--markdown", "out.md") + (() if "--from-state" in case.arguments else ("--state", "out.cstate"))
    sentence = calibrant.refusal("evaluate", *case.arguments, *outputs, status=case.status)
    place = 0
    for part in case.says:
        found = sentence.find(part, place)
        assert found >= 0, f"{part!r} is missing in: {sentence}"
        place = found + len(part)


def test_an_old_result_stays(calibrant, tmp_path: Path) -> None:
    rows("0.5,0.7,a")(tmp_path / "x.csv")
    for name in ("out.json", "out.md", "out.cstate"):
        (tmp_path / name).write_text("old")
    calibrant.refusal("evaluate", "x.csv", *PATTERN, "--json", "out.json", "--markdown", "out.md", "--state", "out.cstate")


def test_every_truncation_of_a_parquet_file_is_refused(calibrant, tmp_path: Path) -> None:
    table(p_a=[0.5, 0.25], p_b=[0.5, 0.75], label=["a", "b"])(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        (tmp_path / "x.parquet").write_bytes(whole[:length])
        assert "x.parquet: is not a readable Parquet file" in calibrant.refusal("evaluate", "x.parquet", *PATTERN), length


@pytest.mark.parametrize("layout", ["file", "stream", "compressed"])
def test_damaged_arrow_files_are_no_crash(calibrant, tmp_path: Path, layout: str) -> None:
    random = np.random.default_rng(1)
    columns = pa.table({"p": list(random.random((60, 2))), "label": pa.array(["a", "a label that is long"] * 30).dictionary_encode(), "g": pa.array(["x"] * 60, pa.string_view())})
    path = tmp_path / "x.arrow"
    options = pa.ipc.IpcWriteOptions(compression="zstd" if layout == "compressed" else None)
    with pa.OSFile(str(path), "wb") as file, (pa.ipc.new_stream if layout == "stream" else pa.ipc.new_file)(file, columns.schema, options=options) as writer:
        writer.write_table(columns)
    whole = path.read_bytes()
    arguments = ("evaluate", "x.arrow", P, "--group", "g", "--classes", "a,a label that is long", "--renormalize", "--quiet")
    assert calibrant.run(*arguments).returncode == 0
    refused = 0
    for _ in range(40):
        damaged_bytes = bytearray(whole)
        for place in random.integers(0, len(whole), 3):
            damaged_bytes[place] ^= int(random.integers(1, 256))
        path.write_bytes(damaged_bytes)
        done = calibrant.run(*arguments)
        assert done.returncode in (0, 3), done.stderr.decode()
        assert done.stderr.count(b"\n") == (done.returncode == 3)
        refused += done.returncode == 3
    assert refused > 10
    for length in range(0, len(whole), max(1, len(whole) // 25)):
        path.write_bytes(whole[:length])
        done = calibrant.run(*arguments)
        assert done.returncode == 3 or layout == "stream", length
        assert done.returncode in (0, 3) and done.stderr.count(b"\n") == (done.returncode == 3)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed], ids=["stored", "packed"])
def test_damaged_archives_are_refused_or_measured_as_they_were(calibrant, tmp_path: Path, save) -> None:
    random = np.random.default_rng(1)
    path = tmp_path / "x.npz"
    save(path, scores=random.random((300, 3)), label=random.integers(0, 3, 300))
    whole = path.read_bytes()
    arguments = ("x.npz", P, "--renormalize")
    expected = calibrant.evaluate(*arguments)["metrics"]
    refused = 0
    for place in random.integers(0, len(whole), 60):
        damaged_bytes = bytearray(whole)
        damaged_bytes[place] ^= int(random.integers(1, 256))
        path.write_bytes(damaged_bytes)
        done = calibrant.run("evaluate", *arguments, "--json", "-")
        assert done.returncode in (0, 3), done.stderr.decode()
        if done.returncode == 0:
            assert json.loads(done.stdout)["metrics"] == expected, place
        else:
            refused += 1
            assert done.stderr.startswith(b"calibrant: x.npz")
    assert refused > 50


def test_a_damaged_parquet_page_is_no_crash(calibrant, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    whole_path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"p_a": random.random(500), "p_b": random.random(500), "label": ["a"] * 500}), whole_path, use_dictionary=False)
    whole = whole_path.read_bytes()
    for _ in range(40):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 3):
            damaged[place] ^= int(random.integers(1, 256))
        whole_path.write_bytes(damaged)
        done = calibrant.run("evaluate", "x.parquet", P, "--scores", "p_*", "--renormalize", "--quiet")
        assert done.returncode in (0, 3), done.stderr.decode()
        assert done.stderr.count(b"\n") == (done.returncode == 3)

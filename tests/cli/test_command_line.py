"""A command line that is wrong by itself: exit status 2 and one sentence; help, version and the record of the command."""

import re

import pytest

EVALUATE = ("evaluate", "good.csv", "--probabilities", "--scores", "p_*")
COMMANDS = ("evaluate", "compare", "check", "diff", "fit", "apply", "export", "plot", "report", "audit", "merge", "info", "metrics", "calibrators", "completion", "man")

WRONG = [
    ((), ("no command, expected one of evaluate, compare, check, diff, fit, apply", "calibrant --help")),
    (("evalute",), ('unknown command "evalute"', "did you mean evaluate?")),
    (("good.csv",), ('unknown command "good.csv"', "did you mean calibrant evaluate good.csv?")),
    (("frobnicate",), ('unknown command "frobnicate"', "see calibrant --help")),
    (("evaluate",), ("evaluate: no input, expected prediction files or --from-state", "calibrant evaluate --help")),
    ((*EVALUATE, "--bin", "5"), ("unknown option --bin", "did you mean --bins?")),
    (("evaluate", "good.csv", "--prob"), ("unknown option --prob", "did you mean --probabilities?")),
    ((*EVALUATE, "--wieght", "w"), ("unknown option --wieght", "did you mean --weight?")),
    ((*EVALUATE, "--logits"), ("--logits and --probabilities contradict each other", "remove the other")),
    (("evaluate", "good.csv", "--logits", "--renormalize"), ("--renormalize", "--logits", "remove one of them")),
    (("evaluate", "good.csv", "--logits", "--scale", "percent"), ("--scale", "--logits", "remove one of them")),
    ((*EVALUATE, "--scale", "permille"), ('evaluate: --scale: got "permille", expected one or percent',)),
    ((*EVALUATE, "--weight-kind", "importance"), ("--weight-kind says what weights mean", "--weight")),
    ((*EVALUATE, "--weight", "w", "--weight-kind", "mass"), ('--weight-kind: got "mass", expected frequency or importance',)),
    ((*EVALUATE, "--on-invalid", "ignore"), ('--on-invalid: got "ignore", expected error or skip',)),
    *(((*EVALUATE, "--bins", bins), (f'--bins: got "{bins}", expected a whole number from 1 to 65536',)) for bins in ("0", "65537", "-1", "1.5", "many", "")),
    *(((*EVALUATE, "--level", level), (f'--level: got "{level}", expected a number above 0 and below 1',)) for level in ("0", "1", "95", "nan", "x")),
    *(((*EVALUATE, "--log-floor", floor), (f'--log-floor: got "{floor}", expected a number above 0 and below 1',)) for floor in ("0", "1", "-1e-15", "inf")),
    *(((*EVALUATE, "--norm", norm), (f'--norm: got "{norm}", expected a finite number of at least 1',)) for norm in ("0.5", "inf", "nan")),
    *(((*EVALUATE, "--coverage", share), (f'--coverage: got "{share}", expected a number above 0 and at most 1',)) for share in ("0", "1.01", "80%")),
    *(((*EVALUATE, option, share), (f'{option}: got "{share}", expected a number from 0 to 1',)) for option in ("--risk", "--threshold") for share in ("-0.1", "1.1", "nan")),
    *(((*EVALUATE, "--top-k", k), (f'--top-k: got "{k}", expected a whole number of at least 1',)) for k in ("0", "2.5", "-1")),
    *(((*EVALUATE, "--threads", threads), (f'--threads: got "{threads}", expected a whole number from 1 to 1024',)) for threads in ("0", "1025", "two")),
    ((*EVALUATE, "--metrics", "ece,acuracy"), ('--metrics: got "acuracy"', "did you mean accuracy?")),
    ((*EVALUATE, "--metrics", "ece,,brier"), ('--metrics: got ""', "calibrant metrics")),
    ((*EVALUATE, "--json"), ("evaluate: --json: got no value, expected FILE|-", "calibrant evaluate --help")),
    ((*EVALUATE, "--scores", "q_*"), ("evaluate: --scores: given more than once, expected once",)),
    (("evaluate", "good.csv", "--probabilities", "--scores", "p_*_*"), ('got the pattern "p_*_*", expected exactly one \'*\'',)),
    (("evaluate", "good.csv", "--probabilities", "--scores", "p_c0,label"), ('column "label" is listed as a score and is also the label',)),
    # What a column means.
    ((*EVALUATE, "--positive", "c0", "p_c0"), ("--positive and --scores contradict each other",)),
    (("evaluate", "good.csv", "--probabilities", "--positive", "c0"), ("evaluate: --positive: ", "NAME COLUMN")),
    (("evaluate", "good.csv", "--probabilities", "--positive", "c0", "label"), ('column "label" is listed as a score and is also the label',)),
    (("evaluate", "good.csv", "--probabilities", "--renormalize", "--positive", "c0", "p_c0"), ("with --positive they always sum to 1; remove --renormalize",)),
    (("evaluate", "good.csv", "--confidence", "p_c0"), ("--confidence needs to know what was right", "--prediction COLUMN", "--correct")),
    (("evaluate", "good.csv", "--prediction", "label"), ("--prediction names the predicted class", "name it with --confidence")),
    (("evaluate", "good.csv", "--correct", "label"), ("--correct says whether a prediction is right", "name it with --confidence")),
    ((*EVALUATE, "--confidence", "p_c0", "--correct", "label"), ("--confidence and --scores contradict each other",)),
    (("evaluate", "good.csv", "--positive", "c0", "p_c0", "--confidence", "p_c0", "--correct", "label"), ("--confidence and --positive contradict each other",)),
    (("evaluate", "good.csv", "--confidence", "p_c0", "--correct", "label", "--logits"), ("--confidence is a probability and --logits", "exp(log-probability)")),
    (("evaluate", "good.csv", "--confidence", "p_c0", "--correct", "ok", "--prediction", "label"), ("--correct and --prediction contradict each other",)),
    (("evaluate", "good.csv", "--confidence", "p_c0", "--correct", "ok", "--classes", "a,b"), ("--correct tells nothing of classes", "remove it")),
    (("evaluate", "good.csv", "--confidence", "p_c0", "--correct", "ok", "--label", "label"), ("--label and --correct contradict each other",)),
    (("evaluate", "good.csv", "--confidence", "p_c0", "--correct", "ok", "--renormalize"), ("--confidence is one number; remove --renormalize",)),
    (("evaluate", "good.csv", "--confidence", "p_c0", "--correct", "ok", "--log-floor", "1e-9"), ("--log-floor is about the log loss", "remove it")),
    ((*EVALUATE, "--soft-labels", "q_*", "--label", "label"), ("--label and --soft-labels contradict each other",)),
    ((*EVALUATE, "--soft-labels", "q_*_*"), ('soft labels: got the pattern "q_*_*", expected exactly one \'*\'',)),
    (("evaluate", "good.csv", "--confidence", "p_c0", "--prediction", "label", "--soft-labels", "q_*"), ("--soft-labels are probabilities of all classes",)),
    (("evaluate", "good.csv", "--probabilities", "--positive", "c0", "p_c0", "--soft-labels", "q_*"), ("--soft-labels need the name of every class",)),
    ((*EVALUATE, "--id", "id"), ("--id joins the rows of two files", "--labels", "--bootstrap")),
    ((*EVALUATE, "--seed", "1"), ("--seed is of what draws at random", "add --bootstrap")),
    ((*EVALUATE, "--draws", "100"), ("--draws is of tests that draw labels", "t_cal")),
    ((*EVALUATE, "--metrics", "t_cal", "--draws", "0"), ("a whole number of at least 1",)),
    ((*EVALUATE, "--bootstrap", "1"), ("a whole number of at least 2",)),
    ((*EVALUATE, "--bootstrap", "100", "--peer", "netcal"), ("--bootstrap draws rows again, but --peer", "remove one of them")),
    (("evaluate", "--from-state", "x.cstate", "--bootstrap", "100"), ("--from-state has sums alone", "evaluate the prediction files")),
    *(((*EVALUATE, "--each", *option), (f"--each {says}",)) for option, says in (
        (("--state", "x.cstate"), "measures every file on its own"), (("--group", "g"), "and --group contradict"), (("--per-class",), "shows files side by side"))),
    ((*EVALUATE, "--json", "-", "--markdown", "-"), ("--json and --markdown both write to standard output", "change one of them")),
    ((*EVALUATE, "--json", "-", "--markdown", "/dev/stdout"), ("--json and --markdown both write to standard output",)),
    ((*EVALUATE, "--json", "out", "--markdown", "./out"), ("--json and --markdown both write to ./out",)),
    ((*EVALUATE, "--json", "good.csv"), ("--json good.csv would overwrite an input",)),
    ((*EVALUATE, "--state", "-"), ('--state: got "-", expected a file name',)),
    ((*EVALUATE, "--state", "/dev/stdout"), ('--state: got "/dev/stdout", expected a file name',)),
    ((*EVALUATE, "--from-state", "x.cstate"), ("--from-state shows a state whose input and bins are fixed", "PRED", "remove")),
    *((("evaluate", "--from-state", "x.cstate", *option), (f"so {option[0]} cannot change it",)) for option in (
        ("--probabilities",), ("--bins", "5"), ("--weight", "w"), ("--group", "g"), ("--on-invalid", "skip"), ("--renormalize",), ("--log-floor", "1e-9"),
        ("--labels", "y.npy"), ("--classes", "a,b"), ("--state", "y.cstate"), ("--hash",), ("--scale", "percent"), ("--positive", "a", "p"), ("--confidence", "p"), ("--soft-labels", "q_*"),
        ("--id", "id"), ("--each",))),
    (("merge", "-o", "out.cstate"), ("merge: there is no STATE, expected one",)),
    (("merge", "a.cstate"), ("merge: there is no --output, expected one",)),
    (("merge", "a.cstate", "-o", "-"), ('--output: got "-", expected a file name',)),
    (("completion",), ("completion: there is no SHELL, expected one",)),
    (("completion", "tcsh"), ('completion: SHELL: got "tcsh", expected bash, zsh or fish',)),
    (("info", "a", "b"), ("unexpected argument b", "calibrant info --help")),
    (("metrics", "ece"), ("unexpected argument ece",)),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else None)
def test_a_wrong_command_line(calibrant, good, arguments, says) -> None:
    sentence = calibrant.refusal(*arguments, status=2)
    place = 0
    for part in says:
        found = sentence.find(part, place)
        assert found >= 0, f"{part!r} is missing in: {sentence}"
        place = found + len(part)


def test_an_unknown_instruction_set(calibrant, good) -> None:
    done = calibrant.run(*EVALUATE, environment={"CALIBRANT_SIMD": "altivec"})
    assert done.returncode == 3 and done.stdout == b""
    assert re.search(rb'got "altivec", expected .*scalar', done.stderr), done.stderr


@pytest.mark.parametrize("spelling", ["--help", "-h"])
def test_help_lists_the_commands(calibrant, spelling: str) -> None:
    text = calibrant.output(spelling)
    for command in COMMANDS:
        assert re.search(rf"^  {command} +\w", text, re.MULTILINE), command
    for part in ("exit status:", "CALIBRANT_SIMD", "NO_COLOR", "calibrant evaluate preds.csv"):
        assert part in text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(calibrant, command: str) -> None:
    text = calibrant.output(command, "--help")
    assert text.startswith(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) and f"usage: calibrant {command}" in text
    assert max(map(len, (line for line in text.splitlines() if "calibrant" not in line))) <= 80
    narrow = calibrant.output(command, "--help", environment={"COLUMNS": "60"})
    assert narrow.split() == text.split(), "the width changes nothing but line breaks"


OPTIONS = {
    "evaluate": "each probabilities logits scale scores positive confidence prediction correct label soft-labels labels id classes weight weight-kind group on-invalid renormalize from-state bins peer log-floor "
    "exact-rows level metrics norm top-k min-probability coverage risk threshold bootstrap draws seed per-class json markdown report state hash quiet threads help",
    "compare": "probabilities logits scale scores positive confidence prediction correct label labels id classes weight on-invalid renormalize kinds weight-kind all-pairs bins "
    "log-floor level bootstrap seed json markdown report hash quiet threads help",
    "check": "probabilities logits scale scores positive confidence prediction correct label soft-labels labels id classes weight weight-kind group on-invalid renormalize limits max min "
    "no-worse-than margin per-group per-class level bins log-floor top-k min-probability coverage risk threshold json junit markdown hash quiet threads help",
    "diff": "metrics level norm top-k min-probability coverage risk threshold per-class json markdown report quiet threads help",
    "fit": "probabilities logits scale scores positive label labels id classes weight on-invalid renormalize method target set output quiet threads help",
    "apply": "probabilities logits scale scores positive classes renormalize output quiet threads help",
    "export": "onnx help",
    "audit": "probabilities logits scale scores positive label labels id classes weight on-invalid renormalize group weight-kind method set bins level output quiet threads help",
    "calibrators": "json help",
    "plot": "probabilities logits scale scores positive confidence prediction correct label soft-labels labels id classes weight weight-kind group on-invalid renormalize bins level class most output theme "
    "zoom quiet threads help",
    "report": "probabilities logits scale scores positive confidence prediction correct label soft-labels labels id classes weight weight-kind group on-invalid renormalize before baseline bins level output "
    "quiet threads help",
    "merge": "output help",
    "info": "help",
    "metrics": "json markdown json-schema peers help",
    "completion": "help",
    "man": "help",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_and_manual_list_every_option(calibrant, command: str) -> None:
    """The list is written out here, so an option that is added without its help, or lost, shows."""
    text = calibrant.output(command, "--help")
    expected = {f"--{name}" for name in OPTIONS[command].split()}
    assert set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", text, re.MULTILINE)) == expected
    manual = calibrant.output("man").replace("\\-", "-")
    for option in expected - {"--help"}:
        assert option in manual, option


def test_fit_and_apply_help_have_examples_that_parse(calibrant) -> None:
    for command in ("fit", "apply", "export"):
        text = calibrant.output(command, "--help")
        examples = re.findall(r"^ +calibrant (fit|apply|info|export) (.*)$", text, re.MULTILINE)
        assert examples
        for name, rest in examples:
            done = calibrant.run(name, *(word.strip("'") for word in rest.split()))
            assert done.returncode == 3, f"{name} {rest}: {done.stderr.decode()}"


def test_evaluate_help_has_examples_that_parse(calibrant) -> None:
    """Each example is accepted as a command line: what is then missing is its files (status 3), not an option (2)."""
    text = calibrant.output("evaluate", "--help")
    examples = re.findall(r"^ +calibrant (evaluate|merge) (.*)$", text, re.MULTILINE)
    assert len(examples) >= 5
    for command, rest in examples:
        done = calibrant.run(command, *(word.strip("'") for word in rest.split()))
        assert done.returncode == 3, f"{command} {rest}: {done.stderr.decode()}"


def test_version(calibrant) -> None:
    assert re.fullmatch(r"calibrant \d+\.\d+\.\d+\n", calibrant.output("--version"))


def test_the_command_is_recorded_as_a_shell_reads_it(calibrant, good) -> None:
    result = calibrant.evaluate("good.csv", "--probabilities", "--scores", "p_*")
    assert result["calibrant"]["command"] == "calibrant evaluate good.csv --probabilities --scores 'p_*' --json -"

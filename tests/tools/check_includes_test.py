"""The include checker finds each kind of wrong include and accepts the right ones."""

import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "tools"))
import check_includes  # noqa: E402


@pytest.fixture
def house(tmp_path):
    """A small tree in which every include is right."""
    files = {
        "include/calibrant/version.hpp": "#include <string_view>\n",
        "include/calibrant/core/error.hpp": "#include <string>\n",
        "include/calibrant/stats/cells.hpp": "#include <calibrant/core/error.hpp>\n#include <calibrant/version.hpp>\n",
        "include/calibrant/metrics/ece.hpp": "#include <calibrant/stats/cells.hpp>\n",
        "src/simd/kernels.hpp": "#include <calibrant/core/error.hpp>\n",
        "src/simd/dispatch.cpp": '#include "kernels.hpp"\n#include <hwy/highway.h>\n',
        "src/stats/cells.cpp": '#include <calibrant/stats/cells.hpp>\n#include "simd/kernels.hpp"\n',
        "src/stats/detail/sort.hpp": "#include <vector>\n",
        "src/stats/detail/sort.cpp": '#include "stats/detail/sort.hpp"\n#include "sort.hpp"\n',
        "src/io/csv.cpp": "#include <calibrant/metrics/ece.hpp>\n#include <fmt/format.h>\n",
        "cli/main.cpp": '#include "evaluate.hpp"\n#include <CLI/CLI.hpp>\n',
        "cli/evaluate.hpp": "#include <calibrant/metrics/ece.hpp>\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_right_includes_pass(house):
    assert check_includes.check(house) == []


@pytest.mark.parametrize(
    ("path", "line", "message"),
    [
        ("include/calibrant/core/error.hpp", "#include <calibrant/stats/cells.hpp>", "core includes"),
        ("include/calibrant/stats/cells.hpp", "#include <calibrant/metrics/ece.hpp>", "against the direction"),
        ("include/calibrant/metrics/ece.hpp", '#include "simd/kernels.hpp"', "private"),
        ("include/calibrant/stats/cells.hpp", "#include <boost/math/distributions/beta.hpp>", "public header"),
        ("src/io/csv.cpp", '#include "simd/kernels.hpp"', "against the direction"),
        ("src/io/csv.cpp", '#include "stats/detail/sort.hpp"', "private part of stats"),
        ("src/io/csv.cpp", '#include "cli/evaluate.hpp"', "against the direction"),
        ("src/stats/cells.cpp", "#  include <fmt/format.h>", "only cli, io may"),
        ("src/stats/cells.cpp", '#include "absent.hpp"', "no file of the project"),
        ("src/simd/dispatch.cpp", "#include <calibrant/stats/cells.hpp>", "against the direction"),
        ("cli/main.cpp", '#include "stats/detail/sort.hpp"', "private part of stats"),
    ],
)
def test_a_wrong_include_is_found(house, path, line, message):
    with open(house / path, "a", encoding="utf-8") as file:
        file.write(line + "\n")
    number = len((house / path).read_text().splitlines())
    (offence,) = check_includes.check(house)
    assert (str(offence.path), offence.line) == (path, number)
    assert message in offence.message


def test_an_unknown_module_is_found(house):
    (house / "src" / "misc").mkdir()
    (house / "src" / "misc" / "a.cpp").write_text("")
    (offence,) = check_includes.check(house)
    assert "module 'misc' is unknown" in offence.message


def test_an_empty_tree_is_an_error(tmp_path, capsys):
    assert check_includes.main([str(tmp_path)]) == 1
    assert "no sources found" in capsys.readouterr().err


def test_the_project_follows_its_direction():
    assert [str(offence) for offence in check_includes.check(REPOSITORY)] == []

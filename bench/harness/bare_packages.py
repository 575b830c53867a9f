"""Imports one part of a package without running the `__init__` files above it."""

import importlib.util
import sys
import types


def open_packages(*names: str) -> None:
    """Makes the packages known as folders only, outermost first, so that modules inside can be imported by their full
    name although an `__init__` above them imports what is not installed."""
    for name in names:
        spec = importlib.util.find_spec(name)
        package = types.ModuleType(name)
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules[name] = package

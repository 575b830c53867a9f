"""Sentences of the core name options as the command spells them; here they become arguments of a call."""

from __future__ import annotations

import re

_OPTION = re.compile(r"--([a-z][a-z-]*)(?: (skip|[0-9][0-9.e-]*[0-9]))?")
_SWITCHES = {"logits", "renormalize"}


def python_wording(sentence: str) -> str:
    """`--on-invalid skip` becomes `on_invalid="skip"`, `--logits` becomes `logits=True`."""
    return _OPTION.sub(_argument, sentence.replace("say so with --scale percent", "divide them by 100"))


def _argument(option: re.Match[str]) -> str:
    name = option[1].replace("-", "_")
    if option[2] is None:
        return f"{name}=True" if name in _SWITCHES else name
    return f'{name}="{option[2]}"' if option[2].isalpha() else f"{name}={option[2]}"

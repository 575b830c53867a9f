"""What every result has in common: the JSON document of the command."""

from __future__ import annotations

import json
from typing import Any

from calibrant._wording import python_wording


class Document:
    """The JSON document that a command writes, and what can be read from any of them."""

    def __init__(self, text: str) -> None:
        self._json = text
        self._document: dict[str, Any] = json.loads(text)

    @property
    def warnings(self) -> list[str]:
        """What a reader should know before trusting the numbers, in plain words."""
        return [python_wording(warning["message"]) for warning in self._document["warnings"]]

    def to_dict(self) -> dict[str, Any]:
        """The document that the command writes with `--json`, as a new dict."""
        document: dict[str, Any] = json.loads(self._json)
        return document

    def to_json(self) -> str:
        """The same document as text (docs/formats)."""
        return self._json

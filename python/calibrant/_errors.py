"""The one exception of the package."""

from __future__ import annotations

from calibrant._wording import python_wording


class CalibrantError(ValueError):
    """What was got, what was expected and what to do, in one sentence.

    Attributes:
        code: stable snake_case name of the kind of error, the same as the command's (`invalid_scores`, ...).
    """

    def __init__(self, message: str, code: str = "invalid_argument") -> None:
        super().__init__(python_wording(message))
        self.code = code

    def __reduce__(self) -> tuple[type[CalibrantError], tuple[str, str]]:
        return type(self), (str(self), self.code)

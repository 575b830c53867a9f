"""A figure of the core: SVG, for notebooks and files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from calibrant._errors import CalibrantError

RENDERER = "rsvg-convert"


@dataclass(frozen=True, slots=True)
class Drawing:
    """One figure. A notebook shows it; it follows a dark or light page.

    Attributes:
        svg: one SVG element, without script and without reference to anything outside.
        title: what stands over it.
        description: its numbers in words.
    """

    svg: str
    title: str
    description: str

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<calibrant.Drawing {self.title!r}, {len(self.svg):,} bytes of SVG>"

    def save(self, path: str | os.PathLike[str], *, zoom: float = 2.0) -> None:
        """Writes .svg, or .png (`zoom` pixels for each of the figure's) or .pdf by librsvg's rsvg-convert.

        Raises:
            CalibrantError: another ending, or rsvg-convert is not installed or fails.
        """
        place = Path(path)
        ending = place.suffix.lower()
        if ending == ".svg":
            place.write_text(self.svg, encoding="utf-8")
        elif ending in (".png", ".pdf"):
            place.write_bytes(_rendered(self.svg, ending[1:], zoom if ending == ".png" else 1.0))
        else:
            raise CalibrantError(f"path: got {str(place)!r}, expected a file name that ends in .svg, .png or .pdf")


def _rendered(svg: str, kind: str, zoom: float) -> bytes:
    import shutil  # here, since they slow down `import calibrant` and hardly anybody needs them
    import subprocess

    program = shutil.which(RENDERER)
    if program is None:
        raise CalibrantError(
            "PNG and PDF are made by rsvg-convert, which is not installed; install it (Debian and Ubuntu: apt install "
            "librsvg2-bin, Fedora: librsvg2-tools, macOS: brew install librsvg), or save the figure as .svg",
            "unsupported",
        )
    done = subprocess.run([program, f"--format={kind}", f"--zoom={zoom}"], input=svg.encode(), capture_output=True, check=False)
    if done.returncode != 0 or not done.stdout:
        complaint = done.stderr.decode(errors="replace").strip().partition("\n")[0] or "it failed"
        raise CalibrantError(f"rsvg-convert: {complaint}, expected it to make a {kind}; save the figure as .svg instead", "unsupported")
    return done.stdout

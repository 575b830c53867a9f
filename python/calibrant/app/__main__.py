"""python -m calibrant.app: serves the app until it is interrupted."""

from __future__ import annotations

import argparse

from calibrant.app import launch


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m calibrant.app", description="Are these probabilities to be trusted? A page to drop predictions into.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 127.0.0.1, this machine alone, without it")
    parser.add_argument("--port", type=int, help="a free one from 7860 on without it")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    options = parser.parse_args()
    launch(host=options.host, port=options.port, open_browser=options.open)


if __name__ == "__main__":
    main()

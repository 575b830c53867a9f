#!/usr/bin/env bash
# Installs what Calibrant's targets need on Debian 12, and only what is missing.
#   tools/install_deps.sh           compilers, libraries, and .venv for tests and demo
#   tools/install_deps.sh --lint    clang-19 tools for fmt, lint and libFuzzer
#   tools/install_deps.sh --bench   .venv-bench with the peers that are timed
#   tools/install_deps.sh --torch   .venv-torch with torch and torchmetrics for the tests of calibrant.torch
#   tools/install_deps.sh --app     .venv-app with Gradio and the browser for the tests of the app
#   tools/install_deps.sh --docs    Doxygen, and .venv-docs with Sphinx
#   tools/install_deps.sh --docs-tests  the same, and the browser that looks at the site and at reports
# Needs root or sudo where a Debian package is missing. A second run takes well under a second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build_packages=(
  g++ cmake ninja-build ccache pkg-config
  libhwy-dev libboost1.81-dev libeigen3-dev liblbfgspp-dev libcli11-dev libfmt-dev libsimdjson-dev nlohmann-json3-dev libtomlplusplus-dev libssl-dev zlib1g-dev
  python3-dev
  libgtest-dev libgmock-dev libbenchmark-dev
  librsvg2-bin fonts-dejavu-core
)
docs_packages=(doxygen)
docs_test_packages=(chromium)
lint_packages=(clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev)

say() { printf 'deps: %s\n' "$*" >&2; }

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "root is needed for '$*'; run as root or install sudo"
    return 1
  fi
}

# install_packages NAME...: those of the Debian packages that are not installed yet.
install_packages() {
  local installed missing=() name
  installed=$(dpkg-query --show --showformat='${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null || true)
  for name in "$@"; do
    grep -Fxq "ii $name" <<<"$installed" || missing+=("$name")
  done
  [[ ${#missing[@]} -eq 0 ]] && return
  say "installing Debian packages: ${missing[*]}"
  local install=(apt-get install -y -q --no-install-recommends "${missing[@]}")
  # Fetching the package list takes seconds; it is needed when there is none, or when it is too old to install from.
  if compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null; then
    as_root env DEBIAN_FRONTEND=noninteractive "${install[@]}" && return
  fi
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive "${install[@]}"
}

usable_python() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2])' 2>/dev/null
}

# Prints a Python >= 3.11 that can make virtual environments; Debian's needs its python3-venv.
find_python() {
  local candidate
  for candidate in python3 /usr/bin/python3; do
    if usable_python "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  install_packages python3-venv >&2
  if usable_python /usr/bin/python3; then
    printf '/usr/bin/python3\n'
    return
  fi
  say "no usable Python: expected python3 >= 3.11 with the venv module"
  return 1
}

# install_environment FOLDER REQUIREMENTS [WITHOUT_DEPENDENCIES]: a virtual environment that follows the files; renewed when
# one changes. Packages of the second file are installed without what they depend on.
install_environment() {
  local folder=$1 requirements=$2 alone=${3:-/dev/null} wanted python
  wanted=$(cat "$requirements" "$alone" | sha256sum)
  [[ -x $folder/bin/python && -f $folder/.installed && $(<"$folder/.installed") == "$wanted" ]] && return
  say "installing $requirements into $folder"
  python=$(find_python)
  "$folder/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear "$folder"
  rm -f "$folder/.installed"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
  [[ $alone == /dev/null ]] ||
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$alone"
  printf '%s\n' "$wanted" >"$folder/.installed"
}

main() {
  case "${1:-}" in
    "")
      install_packages "${build_packages[@]}"
      install_environment .venv tools/requirements-dev.txt
      ;;
    --lint) install_packages "${lint_packages[@]}" ;;
    --bench) install_environment .venv-bench tools/requirements-bench.txt tools/requirements-bench-no-deps.txt ;;
    --torch) install_environment .venv-torch tools/requirements-torch.txt ;;
    --app)
      install_packages "${docs_test_packages[@]}"
      install_environment .venv-app tools/requirements-app.txt
      ;;
    --docs)
      install_packages "${docs_packages[@]}"
      install_environment .venv-docs tools/requirements-docs.txt
      ;;
    --docs-tests)
      install_packages "${docs_packages[@]}" "${docs_test_packages[@]}"
      install_environment .venv-docs tools/requirements-docs.txt
      ;;
    *)
      say "unknown argument '$1'; expected nothing, --lint, --bench, --torch, --app, --docs or --docs-tests"
      return 2
      ;;
  esac
}

main "$@"

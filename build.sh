#!/usr/bin/env bash
# Entry point on Linux and macOS: ./build.sh --target=Rehearse | Test | Pack | …
# What is missing is said before anything is installed; --install lets it install system packages (Debian and Ubuntu, as root).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

install=0
for argument in "$@"; do
  case $argument in
    --install | --install=true) install=1 ;;
  esac
done

if ! command -v dotnet > /dev/null; then
  echo "build.sh: missing: dotnet, the .NET 10 SDK. It is at https://dotnet.microsoft.com/download (Debian's packages have none)." >&2
  exit 127
fi
if ! dotnet --version > /dev/null 2>&1; then
  echo "build.sh: missing: the .NET 10 SDK (global.json); this dotnet has none that fits. It is at https://dotnet.microsoft.com/download." >&2
  exit 127
fi

# Python builds and uploads: it needs build and twine, or a way to make an environment that has them.
missing=()
command -v git > /dev/null || missing+=(git)
python=${PYSIGN_PYTHON:-$(command -v python3 || command -v python || true)}
if [ -z "$python" ]; then
  missing+=(python3 python3-venv)
elif ! "$python" -c 'import build.__main__, twine.__main__' 2> /dev/null && ! "$python" -c 'import venv, ensurepip' 2> /dev/null; then
  missing+=(python3-venv)
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$install" = 1 ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "build.sh: missing: ${missing[*]}. Installing as root: apt-get install ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}"
  else
    echo "build.sh: missing: ${missing[*]}. Install them (Debian, Ubuntu: apt-get install ${missing[*]}), or run this as root with --install." >&2
    exit 127
  fi
fi

# Everything that is started here ends within seconds: code that measures itself for a faster third version costs more than it gains.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_TieredPGO=0
dotnet tool restore --verbosity quiet
exec dotnet cake build.cake "$@"

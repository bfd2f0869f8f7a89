#!/usr/bin/env bash
# Entry point on Linux and macOS: ./build.sh --target=Rehearse | Test | Pack | …
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if ! command -v dotnet > /dev/null; then
  echo "build.sh: the .NET 10 SDK is needed and 'dotnet' is not on PATH. See https://dotnet.microsoft.com/download" >&2
  exit 127
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet tool restore --verbosity quiet
exec dotnet cake build.cake "$@"

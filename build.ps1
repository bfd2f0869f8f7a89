#!/usr/bin/env pwsh
# Entry point on Windows: ./build.ps1 --target=Rehearse | Test | Pack | ...
# What is missing is said before anything is installed; this script installs no system packages.
$ErrorActionPreference = 'Stop'
Set-Location -LiteralPath $PSScriptRoot

function Test-Program([string[]] $Names) {
    foreach ($name in $Names) {
        if (Get-Command $name -CommandType Application -ErrorAction SilentlyContinue) { return $true }
    }
    return $false
}

# Whether a Python can say yes to a line. What it writes to standard error would end this script in Windows PowerShell.
function Test-Python([string] $Python, [string] $Line) {
    $ErrorActionPreference = 'Continue'
    & $Python -c $Line 2>&1 | Out-Null
    return $LASTEXITCODE -eq 0
}

function Test-Sdk {
    $ErrorActionPreference = 'Continue'
    dotnet --version 2>&1 | Out-Null
    return $LASTEXITCODE -eq 0
}

$missing = @()
if (-not (Test-Program 'dotnet')) { $missing += 'dotnet, the .NET 10 SDK (https://dotnet.microsoft.com/download, or: winget install Microsoft.DotNet.SDK.10)' }
if (-not (Test-Program 'git')) { $missing += 'git (https://git-scm.com, or: winget install Git.Git)' }
# Windows has a python3 that only opens the store: one that runs is meant.
$python = @($env:PYSIGN_PYTHON, 'python3', 'python', 'py') | Where-Object { $_ -and (Test-Program $_) -and (Test-Python $_ 'pass') } | Select-Object -First 1
if (-not $python) {
    $missing += 'Python 3.9 or newer (https://www.python.org, or: winget install Python.Python.3.13)'
}
elseif (-not (Test-Python $python 'import build.__main__, twine.__main__') -and -not (Test-Python $python 'import venv, ensurepip')) {
    $missing += "venv for $python (python3-venv on Debian), or build and twine (python -m pip install build twine)"
}
if ((Test-Program 'dotnet') -and -not (Test-Sdk)) {
    $missing += 'the .NET 10 SDK (global.json); this dotnet has none that fits (https://dotnet.microsoft.com/download)'
}
if ($missing.Count -gt 0) {
    [Console]::Error.WriteLine("build.ps1: missing: $($missing -join '; ').")
    exit 127
}

# Everything that is started here ends within seconds: code that measures itself for a faster third version costs more than it gains.
$env:DOTNET_TieredPGO = '0'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
dotnet tool restore --verbosity quiet
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
dotnet cake build.cake @args
exit $LASTEXITCODE

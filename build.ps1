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

$missing = @()
if (-not (Test-Program 'dotnet')) { $missing += 'dotnet, the .NET 10 SDK (https://dotnet.microsoft.com/download, or: winget install Microsoft.DotNet.SDK.10)' }
if (-not (Test-Program 'git')) { $missing += 'git (https://git-scm.com, or: winget install Git.Git)' }
if (-not (Test-Program 'python3', 'python', 'py')) { $missing += 'Python 3.9 or newer (https://www.python.org, or: winget install Python.Python.3.13)' }
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

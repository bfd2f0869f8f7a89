"""Greets whoever is named."""

import sys

__all__ = ["greet", "main"]


def greet(name: str = "world") -> str:
    """Return a greeting; a blank name greets the world."""
    return f"Hello, {name.strip() or 'world'}!"


def main() -> int:
    """Print a greeting for the command line's words."""
    print(greet(" ".join(sys.argv[1:])))
    return 0

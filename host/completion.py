"""What completes rolig's commands, options and files in a shell, made from its own parser."""

import argparse
from pathlib import Path

import shtab


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """For `shell` (bash, zsh or tcsh); every argument that is a path is completed as one."""
    _mark_paths(parser)
    return str(shtab.complete(parser, shell))


def _mark_paths(parser: argparse.ArgumentParser) -> None:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                _mark_paths(inner)
        elif action.type is Path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]

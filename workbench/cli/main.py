"""Entry of the command line: read the arguments, answer, turn errors into one clear message and an exit code."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence

from workbench.cli.parser import VERBS, make_parser

ANSWERED, NOT_MET, WRONG, NOT_REACHED, STOPPED = 0, 1, 2, 3, 130
"""Exit codes; 130 is what shells give for an interrupt."""


def main(argv: Sequence[str] | None = None) -> int:
    """Answer one command line and return its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if not given or (given[0] not in VERBS and not given[0].startswith("-")):
        return _guarded(Namespace(verb="open", study=given[0] if given else None, rest=given[1:]))
    try:
        return _guarded(make_parser().parse_args(given))
    except SystemExit as leaving:
        return WRONG if leaving.code not in (0, None) else ANSWERED


def _guarded(options: Namespace) -> int:
    """Answer, with every expected error as a message; a broken pipe is the reader's choice."""
    from workbench.commands.errors import SourceError

    try:
        return _answer(options)
    except KeyboardInterrupt:
        _complain("stopped; what was written is whole, run it again to go on")
        return STOPPED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ANSWERED
    except SourceError as error:
        _complain(str(error))
        return NOT_REACHED
    except (ValueError, OSError) as error:
        _complain(str(error))
        return WRONG


def _answer(options: Namespace) -> int:
    from workbench.cli.answers import answer

    return answer(options)


def _complain(text: str) -> None:
    from workbench.cli.narration import finish

    finish()
    for line in text.splitlines() or ["no reason was given"]:
        sys.stderr.write(f"workbench: {line}\n")

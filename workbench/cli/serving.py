"""The verb that serves the terminal in a browser."""

from argparse import Namespace

from workbench.cli.finding import found_study
from workbench.cli.narration import say

ANSWERED = 0


def answer_serve(options: Namespace) -> int:
    """Serve the terminal until it is stopped; warn before any address that others can reach."""
    from workbench.tui.serving import is_loopback, serve

    folder = found_study(options).folder
    if not is_loopback(options.host):
        say(f"{options.host} can be reached by others, and nobody has to log in: put a proxy with a login and TLS before it")
        if not options.read_only:
            say("visitors may write scenarios and exports and start collections: --read-only forbids it")
    say(f"serving on http://{options.host}:{options.port}{', read-only' if options.read_only else ''}; Ctrl+C stops it")
    serve(folder, options.host, options.port, read_only=options.read_only)
    return ANSWERED

"""What can go wrong between us and a source; every message names the source, the question, what came back, the rule and the fix."""


class SourceError(Exception):
    """A source could not be read."""

    def __init__(self, source: str, asked: str, found: str, rule: str, fix: str) -> None:
        super().__init__(f"{source}: asked {asked}: {found}; {rule}: {fix}")
        self.source = source
        self.asked = asked
        self.found = found
        self.rule = rule
        self.fix = fix


class SourceUnreachable(SourceError):  # noqa: N818 - the name says what happened, as all below
    """Nobody answered, only with "try later", or somebody else did."""


class SourceUntrusted(SourceUnreachable):
    """The server's certificate is expired, unknown or for another name."""


class SourceRefused(SourceError):  # noqa: N818
    """The server knows us not, or forbids the question."""


class SourceAnswer(SourceError):  # noqa: N818
    """An answer came that must not be used."""


class SourceCancelled(SourceError):  # noqa: N818
    """The user stopped the pull; what was handed over before stays whole."""

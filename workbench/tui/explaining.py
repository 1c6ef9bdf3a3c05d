"""What failed, why, and what to do, in sentences."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a panel shows it."""

    title: str
    lines: tuple[str, ...]


def explained(error: BaseException) -> Failure:
    """Return an error as sentences; a fault of the program says so instead of pretending to know better."""
    from workbench.study.findings import StudyErrors

    match error:
        case StudyErrors():
            count = len(error.findings)
            advice = "Correct the files; r reads the study again. `workbench check` prints the same list."
            return Failure(f"The study has {count} error{'s' if count != 1 else ''}", (*map(str, error.findings), "", advice))
        case OSError():
            return Failure("A file could not be read or written", (str(error), "", "Correct that; r tries again."))
        case ValueError():
            return Failure("This cannot be answered", (str(error), "", "Correct that; r tries again, z takes the last edit back."))
    return Failure(
        "The program failed",
        (
            f"{type(error).__name__}: {error}",
            "",
            "This is a fault of the program, not of the study: please report it.",
        ),
    )

"""What is wrong or doubtful in a study: file, line, key, value, rule and fix."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to repair in the text files of a study."""

    file: str
    """Path relative to the study's folder."""
    line: int | None
    """First line is 1; None where there is no file, as for a shell option."""
    key: str
    value: str | None
    """As it would stand in TOML; None when the key is missing, "(hidden)" for a secret."""
    rule: str
    fix: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Return `file:line: key = value: rule, fix`, leaving out what is not there."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        subject = self.key if self.value is None else f"{self.key} = {self.value}"
        advice = f"{self.rule}, {self.fix}" if self.fix else self.rule
        text = f"{subject}: {advice}" if subject else advice
        return f"{place}: {text}" if self.severity == "error" else f"{place}: warning: {text}"


class StudyErrors(ValueError):  # noqa: N818 - it holds many errors
    """Every error of a study at once, one a line."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class RuleError(ValueError):
    """A value that breaks a rule, before it is known where it stands."""

    def __init__(self, rule: str, fix: str = "") -> None:
        self.rule = rule
        self.fix = fix
        super().__init__(f"{rule}, {fix}" if fix else rule)

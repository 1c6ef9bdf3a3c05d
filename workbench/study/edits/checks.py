"""What the fields of an edit must hold; each check names the edit, the field, the value and the rule."""

from datetime import date
from math import isfinite

from workbench.study.findings import RuleError
from workbench.study.values import name as checked_name


def check_names(edit: object, **values: str) -> None:
    """Raise ValueError naming the argument that is no name."""
    for argument, value in values.items():
        try:
            checked_name(value)
        except RuleError as broken:
            raise ValueError(f"{type(edit).__name__}: {argument} = {value!r} {broken}") from None


def check_several(edit: object, argument: str, values: tuple[str, ...], least: int) -> None:
    """Raise ValueError unless the argument names at least so many and none twice."""
    check_names(edit, **{f"{argument}[{index}]": value for index, value in enumerate(values)})
    if len(set(values)) < least or len(set(values)) != len(values):
        raise ValueError(f"{type(edit).__name__}: {argument} = {values!r} must name at least {least} and none twice")


def check_above_zero(edit: object, **values: float) -> None:
    """Raise ValueError naming the argument that is not finite and above zero."""
    for argument, value in values.items():
        if not isfinite(value) or value <= 0:
            raise ValueError(f"{type(edit).__name__}: {argument} is {value} and must be finite and above 0")


def check_days(edit: object, start: date | None, end: date | None) -> None:
    """Raise ValueError when the last day lies before the first."""
    if start is not None and end is not None and end < start:
        raise ValueError(f"{type(edit).__name__}: until {end} lies before from {start}: swap them")


def check_one_target(edit: object, tenant: str | None, environment: str | None) -> None:
    """Raise ValueError when an edit names both a tenant and a class of tenants."""
    if tenant is not None and environment is not None:
        raise ValueError(
            f"{type(edit).__name__}: names tenant {tenant!r} and environment {environment!r}: name one of them, or none for all"
        )

"""Widths of 90 % intervals."""


def student_90(freedom: int) -> float:
    """Return the half-width of a 90 % interval in standard errors: Student's t with so many degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(max(freedom, 1), 0.95))

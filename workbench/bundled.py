"""Where the bundled study is: beside the program in a wheel, in data/ in a checkout; never written to."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent
PLACES = (_HERE / "bundled" / "meridian", _HERE.parent / "data" / "meridian")
"""Where it may be, the installed one first."""


def bundled_study() -> Path:
    """Return the folder of the bundled study, or raise FileNotFoundError naming where it was looked for."""
    for place in PLACES:
        if (place / "study.toml").is_file():
            return place
    raise FileNotFoundError(f"the bundled study is not in {' or '.join(map(str, PLACES))}: install capacity-workbench again")

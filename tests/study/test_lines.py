"""Every key of a TOML text is found on its line."""

import json
import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.study.lines import key_lines, line_of

TEXT = '''\
a = 1
b.c = """
[not.a.table]
x = 1
"""
[t]  # comment = 1
"quoted key" = { in = 1, deeper = { x = [1, 2] } }
list = [
  "]",  # ]
  { k = 'v = [' },
]
[[rows]]
name = 1
[rows.sub]
when = 2026-11-01 07:30:00
[[rows]]
name = 2
[[rows.inner]]
q = "\\"["
[[rows.inner]]
q = 2
'''


def test_lines_of_a_text_with_traps():
    tomllib.loads(TEXT)
    lines = key_lines(TEXT)
    expected = {
        ("a",): 1,
        ("b", "c"): 2,
        ("t",): 6,
        ("t", "quoted key"): 7,
        ("t", "quoted key", "in"): 7,
        ("t", "quoted key", "deeper", "x", 1): 7,
        ("t", "list", 0): 9,
        ("t", "list", 1, "k"): 10,
        ("rows",): 12,
        ("rows", 0, "name"): 13,
        ("rows", 0, "sub", "when"): 15,
        ("rows", 1): 16,
        ("rows", 1, "name"): 17,
        ("rows", 1, "inner", 0, "q"): 19,
        ("rows", 1, "inner", 1, "q"): 21,
    }
    assert {path: lines[path] for path in expected} == expected
    assert ("not",) not in lines
    assert ("t", "comment") not in lines


def test_a_missing_key_is_shown_where_its_table_starts():
    lines = key_lines(TEXT)
    assert line_of(lines, ("rows", 1, "inner", 1, "missing")) == 20
    assert line_of(lines, ("nothing",)) == 1


KEYS = st.text("abc", min_size=1, max_size=3)
LEAVES = st.one_of(st.integers(0, 9), st.text("ab\"'[]{}=#,.\n\\ ", max_size=6))
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_every_top_key_is_found_on_the_line_where_it_was_written(tables):
    text = ""
    written = {}
    for key, value in tables.items():
        written[key,] = text.count("\n") + 1
        text += f"{key} = {_inline(value)}\n"
    assert tomllib.loads(text) == tables
    found = key_lines(text)
    assert {path: found[path] for path in written} == written


def _inline(value: object) -> str:
    """Write a value on as few lines as TOML allows: arrays break theirs, strings escape them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + "".join(f"\n  {_inline(item)}," for item in value) + "]"
    return json.dumps(value)

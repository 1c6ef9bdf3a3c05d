"""No secret survives in a message."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.sources.secrets import expand_headers, read_secret, redact


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.text(), st.lists(st.text(min_size=1).filter(lambda text: "*" not in text), max_size=3), st.text())
def test_a_secret_is_replaced_wherever_it_stands(before, secrets, after) -> None:
    cleaned = redact(before + "".join(secrets) + after, secrets)
    assert not any(secret in cleaned for secret in secrets)


def test_user_and_password_of_an_address_are_replaced() -> None:
    assert redact("cannot reach http://anna:pass@host/path", ()) == "cannot reach http://***@host/path"


def test_headers_come_from_the_environment_and_are_remembered(monkeypatch) -> None:
    monkeypatch.setenv("TOKEN", "abc")
    assert expand_headers({"X-Token": "$TOKEN", "X-Scope-OrgID": "1", "X-Key": "plain-secret"}) == (
        {"X-Token": "abc", "X-Scope-OrgID": "1", "X-Key": "plain-secret"},
        ("abc", "plain-secret"),
    )
    with pytest.raises(ValueError, match="MISSING"):
        expand_headers({"X": "$MISSING"})


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_an_unusable_secret_file_is_named(tmp_path, content) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match="bearer_file"):
        read_secret(path, "bearer_file")

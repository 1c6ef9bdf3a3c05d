"""Odoo's access log becomes service times, without who asked what."""

import dataclasses
import gzip

import numpy as np
import pytest

from workbench.sources.files import BadFile, odoo_log_samples, read_lines, read_odoo_log
from workbench.sources.labels import LabelRule

LINES = """
2026-11-23 02:35:12,345 31310 INFO leipzig_prod odoo.addons.base.models.ir_attachment: filestore gc 5 checked
2026-11-23 02:35:13,345 31310 INFO leipzig_prod werkzeug: 10.1.2.3 - - [23/Nov/2026 02:35:13] "POST /web/dataset/call_kw/res.partner/read HTTP/1.0" 200 - 5 0.002 0.006
2026-11-23 02:35:12,900 31311 INFO leipzig_prod werkzeug: 10.1.2.3 - - [23/Nov/2026 02:35:12] "\x1b[36mGET /web/image/res.users/7/avatar_128 HTTP/1.1\x1b[0m" 304 - 4 0.003 0.004
2026-11-23 02:36:20,000 31311 INFO zwickau_prod werkzeug: 10.1.2.3 - - [23/Nov/2026 02:36:20] "GET /odoo/sales/42 HTTP/1.1" 200 - 30 0.100 0.400
2026-11-23 02:36:40,000 31312 INFO leipzig_prod werkzeug: 10.1.2.3 - - [23/Nov/2026 02:36:40] "GET /websocket?version=18.0 HTTP/1.1" 101 - 1 0.001 290.5
2026-11-23 02:36:41,000 31312 INFO ? werkzeug: 10.1.2.3 - - [23/Nov/2026 02:36:41] "GET /web/login HTTP/1.1" 200 - 1 0.001 0.002
2026-11-23 02:36:42,000 31312 INFO ? werkzeug: 10.1.2.3 - - [23/Nov/2026 02:36:42] "GET /broken HTTP/1.1" 200 -
""".strip().splitlines()  # noqa: E501 - lines as the server writes them


def test_requests_are_read_in_the_order_of_their_ends() -> None:
    log = read_odoo_log(LINES)
    assert log.end_ms.tolist() == sorted(log.end_ms.tolist())
    assert log.end_ms[0] == 1_795_401_312_900
    assert [log.database[index] for index in log.database_index] == ["leipzig_prod", "leipzig_prod", "zwickau_prod", "leipzig_prod", ""]
    assert log.sql_count.tolist() == [4, 5, 30, 1, 1]
    np.testing.assert_allclose(log.python_s, [0.004, 0.006, 0.4, 290.5, 0.002])
    assert log.unread == 1


def test_nothing_that_tells_who_asked_what_is_kept() -> None:
    log = read_odoo_log(LINES)
    kept = " ".join(str(getattr(log, field.name)) for field in dataclasses.fields(log))
    assert not any(trace in kept for trace in ("10.1.2.3", "res.users", "/odoo", "avatar"))


def test_counts_by_the_minute_leave_long_polls_out() -> None:
    requests, seconds = odoo_log_samples(read_odoo_log(LINES), "log-eu", LabelRule("db", "(?P<tenant>[a-z]+)_prod"))
    assert (requests.series, seconds.series) == ("requests", "request_seconds")
    leipzig = requests.frame.filter(requests.frame["tenant"] == "leipzig")
    assert leipzig["value"].to_list() == [0, 2, 2]
    assert seconds.frame.filter(seconds.frame["tenant"] == "zwickau")["value"].to_list() == [0, 0, 0.5]
    assert requests.end_ms == leipzig["time"].max()


def test_gzipped_logs_are_read_and_torn_ones_named(tmp_path) -> None:
    plain, packed, torn = tmp_path / "odoo.log", tmp_path / "odoo.log.1.gz", tmp_path / "torn.gz"
    plain.write_text("\n".join(LINES))
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    torn.write_bytes(packed.read_bytes()[:-20])
    assert read_odoo_log(read_lines(packed)).end_ms.tolist() == read_odoo_log(read_lines(plain)).end_ms.tolist()
    for bad in (torn, tmp_path / "absent.log"):
        with pytest.raises(BadFile, match=bad.name):
            read_odoo_log(read_lines(bad))


def test_a_log_without_requests_is_named() -> None:
    with pytest.raises(ValueError, match="SQL count"):
        read_odoo_log(LINES[:1])

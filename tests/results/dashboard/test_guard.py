from __future__ import annotations

import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from results import Store, open_store
from results.dashboard import create_app
from results.dashboard.guard import LARGEST_REQUEST, Guard
from search.command.app import app as command
from space.errors import InputError

from ..samples import mixed_study

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

TOKEN = "a-token-of-this-test"
LOCAL = "http://localhost"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/s.db")
    mixed_study(opened)
    yield opened
    opened.close()


def client_of(store: Store, prefix: str = "/") -> FlaskClient:
    app = create_app(store, prefix=prefix)
    Guard(TOKEN, ["studies.example"], prefix=prefix).protect(app.server, app.csp_hashes())
    return app.server.test_client()


@pytest.mark.parametrize("prefix", ["/", "/sizewise/"])
def test_the_token_opens_it_once_and_leaves_the_address(store: Store, prefix: str) -> None:
    client = client_of(store, prefix)
    asked = client.get(f"{prefix}study?name=digits&token={TOKEN}", base_url=LOCAL)
    assert asked.status_code == 302
    assert asked.location == f"{prefix}study?name=digits"
    cookie = asked.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert f"Path={prefix}" in cookie
    page = client.get(asked.location, base_url=LOCAL)
    assert page.status_code == 200
    assert b"_dash-config" in page.data
    assert TOKEN.encode() not in page.data
    assert "'unsafe-eval'" not in page.headers["Content-Security-Policy"]
    assert client.get(f"{prefix}_dash-layout", base_url=LOCAL).status_code == 200


@pytest.mark.parametrize("prefix", ["/", "/sizewise/"])
def test_what_is_fetched_early_is_there_and_kept_but_no_refusal_is(
    store: Store, prefix: str
) -> None:
    client = client_of(store, prefix)
    page = client.get(f"{prefix}?token={TOKEN}", base_url=LOCAL, follow_redirects=True)
    early = re.search(r'rel="prefetch" as="script" href="([^"]+)"', page.text)
    assert early is not None
    assert early[1].startswith(prefix)
    kept = client.get(early[1], base_url=LOCAL)
    assert (kept.status_code, kept.cache_control.private) == (200, True)
    assert kept.cache_control.max_age
    refused = client_of(store, prefix).get(early[1], base_url=LOCAL)
    assert (refused.status_code, refused.cache_control.max_age) == (403, None)


@pytest.mark.parametrize(
    "path",
    ["/", "/?token=", "/?token=wrong", "/?token=\udcff", "/_dash-layout", "/assets/sizewise.js"],
)
def test_without_the_token_nothing_is_told(store: Store, path: str) -> None:
    told = client_of(store).get(
        path.encode(errors="surrogateescape").decode("latin-1"), base_url=LOCAL
    )
    assert told.status_code == 403
    assert b"digits" not in told.data
    assert b"token=" in told.data


@pytest.mark.parametrize(
    ("host", "welcome"),
    [
        ("localhost:8050", True),
        ("127.0.0.1", True),
        ("[::1]:8050", True),
        ("studies.example", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_other_names_are_refused(store: Store, host: str, welcome: bool) -> None:
    told = client_of(store).get(f"/?token={TOKEN}", headers={"Host": host})
    assert (told.status_code == 302) == welcome


@pytest.mark.parametrize(
    ("headers", "welcome"),
    [
        ({"Origin": "http://localhost"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://localhost.evil.example"}, False),
        ({"Origin": "http://localhost:81"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_another_site_changes_nothing(store: Store, headers: dict[str, str], welcome: bool) -> None:
    client = client_of(store)
    client.get(f"/?token={TOKEN}", base_url=LOCAL)
    asked = {
        "output": "..page.children...navigation.children..",
        "outputs": [
            {"id": "page", "property": "children"},
            {"id": "navigation", "property": "children"},
        ],
        "inputs": [
            {"id": "location", "property": "pathname", "value": "/"},
            {"id": "location", "property": "search", "value": ""},
        ],
        "changedPropIds": ["location.pathname"],
    }
    told = client.post("/_dash-update-component", json=asked, headers=headers, base_url=LOCAL)
    assert told.status_code == (200 if welcome else 403)
    assert (b"digits" in told.data) == welcome


def test_what_is_no_page_or_file_is_refused(store: Store) -> None:
    client = client_of(store)
    client.get(f"/?token={TOKEN}", base_url=LOCAL)
    for path in ("/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/..%2f..%2f..%2fetc/passwd"):
        told = client.get(path, base_url=LOCAL)
        assert b"create_app" not in told.data
        assert b"root:" not in told.data
    asked = {"data": b" " * (LARGEST_REQUEST + 1), "content_type": "application/json"}
    assert client.post("/_dash-update-component", **asked, base_url=LOCAL).status_code == 413
    redirected = client.get(f"//evil.example/?token={TOKEN}", base_url=LOCAL)
    assert not (redirected.location or "").startswith("//")


@pytest.mark.parametrize(
    "ended_by", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_a_flood_leaves_it_up(store: Store, ended_by: signal.Signals) -> None:
    asked = [
        sys.executable,
        "-m",
        "search.command",
        "dashboard",
        "--port",
        "0",
        "--store",
        store.url,
    ]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://127.0.0.1:(\d+)/\?token=(\S+)", process.stdout.readline())
        assert found is not None
        port, token = int(found[1]), found[2]
        # Ray takes seconds and memory, which a dashboard of this machine has no use for.
        assert "_raylet" not in Path(f"/proc/{process.pid}/maps").read_text()

        def ask(path: str) -> int:
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.request("GET", path)
                return connection.getresponse().status
            except OSError:
                return 0
            finally:
                connection.close()

        with ThreadPoolExecutor(50) as pool:
            told = list(pool.map(ask, ["/?token=wrong", f"/?token={token}"] * 500))
        assert set(told) <= {0, 302, 403}
        assert ask(f"/?token={token}") == 302
        process.send_signal(ended_by)
        try:
            assert process.wait(20) == 0
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--prefix", "sizewise"], "--prefix"),
        (["--host", "0.0.0.0", "--no-token"], "--no-token"),
        (["--token", "short"], "--token"),
        (["--host", "no.such.host.invalid"], "--host"),
    ],
)
def test_wrong_flags_are_explained(store: Store, flags: list[str], told: str) -> None:
    found = CliRunner().invoke(command, ["dashboard", "--store", store.url, *flags])
    assert isinstance(found.exception, InputError)
    assert found.exception.field == told

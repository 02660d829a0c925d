"""Who may see the dashboard: a token, the names it is called by, and where requests come from."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import socket
from typing import TYPE_CHECKING, Final, final
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, redirect, request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.wrappers import Response as Answer

LARGEST_REQUEST: Final = 2 * 2**20
"""Bytes that a request may send; a form with a whole space takes a hundredth of it."""
_SAFE: Final = {"GET", "HEAD", "OPTIONS"}
_WHO: Final = (
    "This dashboard opens with the address that `sizewise dashboard` printed: it ends in ?token=…\n"
)


@final
class Guard:
    """Refuses what does not come from a person who was given the token.

    A page of another site cannot read the dashboard, nor make the person's browser change
    anything: names that the dashboard is not called by are refused (which ends DNS rebinding), and
    so is every change that another site asks for.

    Args:
        token: What the first address must hold; None opens the dashboard to all who reach it.
        hosts: Names that it may be called by, besides loopback, this machine's and any address.
        prefix: What the dashboard stands behind, with slashes at both ends.
    """

    def __init__(self, token: str | None, hosts: Iterable[str] = (), *, prefix: str = "/") -> None:
        self._token = token
        self._hosts = {"localhost", socket.gethostname().lower(), *map(str.lower, hosts)}
        self._prefix = prefix
        # Cookies do not tell ports apart: each dashboard of a machine has one of its own.
        digest = hashlib.sha256((token or "").encode()).hexdigest()
        self._cookie = f"sizewise-{digest[:8]}"

    def protect(self, server: Flask, scripts: Iterable[str]) -> None:
        """Stand before every request.

        Args:
            server: The application.
            scripts: Digests of the scripts that stand in its page, as a policy names them.
        """
        server.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
        allowed = " ".join(["'self'", *(f"'{each.strip(chr(39))}'" for each in scripts)])
        policy = {
            "default-src": "'self'",
            "script-src": allowed,
            # Plotly, Mantine and AG Grid put styles into the page.
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data: blob:",
            "font-src": "'self' data:",
            "object-src": "'none'",
            "base-uri": "'self'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        }
        headers = {
            "Content-Security-Policy": "; ".join(map(" ".join, policy.items())),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }

        @server.after_request
        def add(response: Response) -> Response:
            response.headers.update(headers)
            return response

        server.before_request(self._refusal)

    def _refusal(self) -> Answer | None:
        if not self._called_rightly(request.host):
            return _refuse("The dashboard is not called so. Name the host with --allow-host.\n")
        if request.method not in _SAFE and not _from_own_page():
            return _refuse("Another site asked for this.\n")
        if self._token is None or self._known(request.cookies.get(self._cookie)):
            return None
        if request.method in _SAFE and self._known(request.args.get("token")):
            return self._welcome()
        return _refuse(_WHO)

    def _called_rightly(self, host: str) -> bool:
        name = (urlsplit(f"//{host}").hostname or "").lower()
        return name in self._hosts or _is_address(name)

    def _known(self, told: str | None) -> bool:
        return (
            self._token is not None
            and told is not None
            and secrets.compare_digest(told.encode(), self._token.encode())
        )

    def _welcome(self) -> Answer:
        """Keep the token as a cookie, and out of the address bar, history and referrers."""
        kept = [pair for pair in request.args.items(multi=True) if pair[0] != "token"]
        # The path as the browser asked for it, on this very site: one slash at its front.
        path = "/" + request.path.lstrip("/\\")
        response = redirect(f"{path}?{urlencode(kept)}" if kept else path)
        response.set_cookie(
            self._cookie, self._token or "", httponly=True, samesite="Lax", path=self._prefix
        )
        return response


def _is_address(name: str) -> bool:
    """Return whether a host is an address: no name server can lie about one."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _from_own_page() -> bool:
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is not None:
        return urlsplit(origin).netloc.lower() == request.host.lower()
    return site in {None, "same-origin"}


def _refuse(why: str) -> Response:
    return Response(why, status=403, mimetype="text/plain")

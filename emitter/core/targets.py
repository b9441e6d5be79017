"""Where the emitter may send: a URL taken apart, and the addresses it may lead to.

Nothing leaves by accident. A URL that a person typed may be loopback or private; a public address needs
to be allowed by name; link-local, metadata and other special addresses are never sent to.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from emitter.errors import ForbiddenTargetError, InvalidSettingError

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_WHITE_SPACE_OR_CONTROL: Final = re.compile(r"[\x00-\x20\x7f]")
_AS_GIVEN: Final = "".join(map(chr, range(0x21, 0x7F)))
_METADATA: Final = frozenset(
    ipaddress.ip_address(address) for address in ("169.254.169.254", "100.100.100.200", "fd00:ec2::254")
)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart.

    Attributes:
        url: As given.
        scheme: ``http`` or ``https``.
        host: Name or address, without brackets.
        port: Always set.
        path: What the request line carries: path and query exactly as given, ``/`` if there is none;
            characters beyond ASCII percent-encoded, since the request line cannot hold them.
    """

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The value of the ``host`` header: the port stands there only when it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def shown(self) -> str:
        """The URL for people and logs: without the query, which may hold a token."""
        path, question_mark, _ = self.path.partition("?")
        return f"{self.scheme}://{self.host_header}{path}{'?…' if question_mark else ''}"


@dataclass(frozen=True, slots=True)
class TargetPolicy:
    """Which addresses may be sent to.

    Attributes:
        allowed_hosts: Names or addresses that may be public.
        allows_private: Whether private networks are allowed unnamed, as for a URL that a person typed.
    """

    allowed_hosts: frozenset[str] = frozenset()
    allows_private: bool = True

    def check(self, target: Target, address: str) -> None:
        """Return if requests for the target may go to this address.

        Args:
            target: The target; its host decides what `allowed_hosts` says of it.
            address: An IP address the host resolved to, without a zone.

        Raises:
            ForbiddenTargetError: They may not; the message says why and what would allow it.
        """
        ip = ipaddress.ip_address(address)
        ip = getattr(ip, "ipv4_mapped", None) or ip
        if ip.is_link_local or ip in _METADATA or ip.is_multicast or ip.is_unspecified:
            message = (
                f"{_led(target, address)}, a link-local, metadata or special address; it is never sent to"
            )
            raise ForbiddenTargetError(message, host=target.host)
        if ip.is_loopback or target.host.lower() in self.allowed_hosts:
            return
        if not ip.is_private:
            message = f"{_led(target, address)}, a public address; allow it with --allow-host {target.host}"
            raise ForbiddenTargetError(message, host=target.host)
        if not self.allows_private:
            message = (
                f"{_led(target, address)}, a private address; "
                f"whoever starts the app can allow it with --allow-host {target.host}"
            )
            raise ForbiddenTargetError(message, host=target.host)


def parse_target(url: str) -> Target:
    """Return the parts of a receiver's URL.

    Raises:
        InvalidSettingError: It is not an http or https URL with a host, holds white space or a control
            character, a port out of range, a fragment, or a user name.
    """
    if _WHITE_SPACE_OR_CONTROL.search(url):
        raise InvalidSettingError(
            f"the URL {_safe(url)!r} holds white space or a control character; write it as %20 or remove it"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidSettingError(f"{_safe(url)!r} is not a URL: {error}") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        hint = "write for example http://localhost:3000/webhooks/zoom"
        raise InvalidSettingError(f"{_safe(url)!r} is not an http or https URL; {hint}")
    if port == 0:
        raise InvalidSettingError(
            f"the URL {_safe(url)!r} has port 0; write the port the receiver listens on"
        )
    if parts.username is not None or parts.password is not None:
        raise InvalidSettingError("the URL holds a user name or password; give them with --auth basic:…")
    if parts.fragment:
        raise InvalidSettingError(
            f"the URL {_safe(url)!r} has a fragment (#…), which is never sent; remove it"
        )
    path = (parts.path or "/") + (f"?{parts.query}" if "?" in url else "")
    return Target(
        url=url,
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or _DEFAULT_PORTS[parts.scheme],
        path=path if path.isascii() else quote(path, safe=_AS_GIVEN),
    )


def _safe(url: str) -> str:
    """Return a URL for a message: nothing before an @, nothing after a question mark."""
    before_query = url.partition("?")[0]
    scheme, separator, rest = before_query.partition("://")
    return scheme + separator + rest.rpartition("@")[2]


def _led(target: Target, address: str) -> str:
    return address if target.host == address else f"{target.host} is {address}"

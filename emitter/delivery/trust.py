"""Which certificates a receiver may show."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from emitter.delivery.timed_sockets import TimedTLSSocket
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from pathlib import Path


def tls_context(*, ca_bundle: Path | None, insecure: bool) -> ssl.SSLContext:
    """Return a context for TLS 1.2 and later whose sockets keep the deadline.

    Zoom asks for TLS 1.2 and a valid chain: CONFIRMED (docs/zoom.md#delivery).

    Args:
        ca_bundle: A PEM file of certificate authorities that replaces the public ones.
        insecure: Whether any certificate is taken, for any name.

    Raises:
        InvalidSettingError: The file cannot be read or holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = TimedTLSSocket
    try:
        context.load_verify_locations(ca_bundle or DEFAULT_CA_BUNDLE_PATH)
    except ssl.SSLError:
        raise InvalidSettingError(
            f"{ca_bundle} holds no certificate in PEM form; --ca-bundle takes a file with one or more"
        ) from None
    except OSError as error:
        raise InvalidSettingError(
            f"cannot read the certificates in {ca_bundle}: {error.strerror}; --ca-bundle takes a PEM file"
        ) from None
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context

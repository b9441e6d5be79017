"""Send yourself Zoom webhooks: signed, retried and recorded exactly as Zoom does, offline."""

from emitter._version import __version__

__all__ = ["__version__"]

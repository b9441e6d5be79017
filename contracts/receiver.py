"""What is under test: where it listens, the key it verifies with, and what its settings say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contracts.redaction import Redaction
from emitter.core.targets import parse_target

if TYPE_CHECKING:
    from emitter.core.secrets import SecretToken
    from emitter.core.subscription import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A receiver and what is known of it beforehand.

    Attributes:
        subscription: Its URL, name, events, authentication and deadline.
        secret_token: What it verifies with.
        acks_before_verifying: Whether it says that it acknowledges first and verifies later. Then an answer
            tells nothing about a forgery, and only an observer can.
        address: The words by which `zoom-emitter check` reaches it, where those are neither its URL nor its
            name in the settings, as where the run starts it. Nothing but a run reaches such a receiver.
    """

    subscription: Subscription
    secret_token: SecretToken
    acks_before_verifying: bool = False
    address: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where requests go."""
        return self.subscription.url

    @property
    def shown(self) -> str:
        """The URL for people, commands and reports: without the query, which may hold a token."""
        return parse_target(self.url).shown

    @property
    def timeout_s(self) -> float:
        """The whole time it has to answer, in seconds."""
        return self.subscription.timeout_s

    def redacted(self, text: str) -> str:
        """Return a text without the secrets of this receiver, which it may have put into an answer."""
        return Redaction(self.secret_token, self.subscription).text(text)

"""Makes, edits, validates, pauses and ends subscriptions."""

from __future__ import annotations

import threading
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any, Final

from emitter.app.token_sources import secret_of
from emitter.core.standing import UNVALIDATED, Standing, SubscriptionState, validated
from emitter.core.subscription import Subscription
from emitter.delivery.store import app_subscriptions
from emitter.delivery.store.app_subscriptions import Change, standing_of
from emitter.errors import ConflictError
from emitter.faking.ids import short_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.app.shaking import Shaking
    from emitter.app.subscription_forms import SubscriptionEdit, SubscriptionForm
    from emitter.app.workshop import Workshop
    from emitter.core.handshake import Handshake
    from emitter.core.secrets import SecretToken
    from emitter.delivery.secret_sources import SecretSource

_KEPT_BY_NAME: Final = (
    "url", "name", "retry_schedule", "time_scale", "timeout_s", "verifies_tls", "api_faults",
)  # fmt: skip


class Subscribing:
    """What one does to subscriptions. Thread-safe.

    Args:
        workshop: What it works with.
        shaking: Performs the handshakes.
        changed: Called with a subscription's number after each change.
    """

    def __init__(self, workshop: Workshop, *, shaking: Shaking, changed: Callable[[int], None]) -> None:
        self._settings = workshop.settings
        self._catalog = workshop.catalog
        self._store = workshop.store
        self._vault = workshop.vault
        self._directory = workshop.directory
        self._clock = workshop.clock
        self._rng = workshop.rng
        self._shaking = shaking
        self._changed = changed
        self._lock = threading.Lock()  # between reading where one stands and writing it

    def subscribe(self, form: SubscriptionForm) -> tuple[int | None, Handshake | None]:
        """Perform the handshake, and store the subscription if the endpoint passes.

        A draft, and one whose secret token is made, which no endpoint can know yet, is stored without one.

        Returns:
            Its number, None if the endpoint did not pass; and the handshake, recorded either way.

        Raises:
            ForbiddenTargetError: The app does not send there.
            SecretTokenError: The request brings no secret token, and the app has none of its own.
            UnknownNameError: It wants an event that there is not.
            BusyError: Too many handshakes are under way.
        """
        subscription = self._new(form)
        secret_token, source = secret_of(form, self._settings, vault=self._vault, rng=self._rng)
        now_ms = self._clock.now_ms()
        standing, handshake = replace(UNVALIDATED, is_paused=form.is_paused), None
        if not (form.is_draft or form.makes_secret_token):
            handshake = self._shaking.shake(subscription, secret_token)
            if not handshake.verdict.is_valid:
                self._store.add_handshake(handshake)
                return None, handshake
            now_ms = handshake.started_at_ms
            standing = validated(standing, now_ms=now_ms, time_scale=subscription.time_scale)
        number = app_subscriptions.add(
            self._store,
            subscription,
            standing,
            secret_source=source,
            validated_at_ms=None if handshake is None else now_ms,
            now_ms=now_ms,
        )
        if handshake is not None:
            self._store.add_handshake(handshake, subscription_id=number)
        self._changed(number)
        return number, handshake

    def edit(self, subscription_id: int, form: SubscriptionEdit) -> Handshake | None:
        """Change what is given; URL, secret token and authentication only if the endpoint passes with them.

        Returns:
            The handshake, if one was needed; where it is not valid, nothing has changed.

        Raises:
            UnknownNameError: There is none of this number, or it wants an event that there is not.
            ForbiddenTargetError: The app does not send there.
            SecretTokenError: There is no secret token where it is said to be.
            BusyError: Too many handshakes are under way.
        """
        standing = standing_of(self._store, subscription_id)
        before = self._directory.stored(subscription_id)
        subscription = replace(before.subscription, **self._edits(form))
        source: SecretSource | None = None
        secret_token: SecretToken | None = None
        if form.given:
            secret_token, source = secret_of(form, self._settings, vault=self._vault, rng=self._rng)
        handshake = None
        if form.makes_secret_token:
            standing = replace(UNVALIDATED, is_paused=standing.is_paused)
        elif form.wants_handshake and standing.state is not SubscriptionState.UNVALIDATED:
            token = secret_token or self._directory.endpoint(subscription_id).secret_token
            handshake = self._shaking.shake(subscription, token)
            self._store.add_handshake(handshake, subscription_id=subscription_id)
            if not handshake.verdict.is_valid:
                return handshake
        with self._lock:
            latest = standing_of(self._store, subscription_id)
            after = replace(standing, is_paused=latest.is_paused)
            now_ms = self._clock.now_ms() if handshake is None else handshake.started_at_ms
            if handshake is not None:
                after = validated(after, now_ms=now_ms, time_scale=subscription.time_scale)
            elif not form.makes_secret_token:
                after = _rescaled(latest, before.subscription.time_scale, subscription.time_scale, now_ms)
            changed = Change(
                subscription=subscription,
                secret_source=source,
                validated_at_ms=None if handshake is None else now_ms,
            )
            app_subscriptions.change(self._store, subscription_id, after, changed)
        self._changed(subscription_id)
        return handshake

    def validate(self, subscription_id: int) -> Handshake:
        """Validate an endpoint now: a draft that passes becomes active, a disabled one is enabled again.

        Raises:
            UnknownNameError: There is none of this number.
            SecretTokenError: Its secret token is not where it was.
            ForbiddenTargetError: The app does not send there.
            BusyError: Too many handshakes are under way.
        """
        standing_of(self._store, subscription_id)
        self._directory.forget(subscription_id)
        endpoint = self._directory.endpoint(subscription_id)
        handshake = self._shaking.shake(endpoint.subscription, endpoint.secret_token)
        self._store.add_handshake(handshake, subscription_id=subscription_id)
        if handshake.verdict.is_valid:
            with self._lock:
                now_ms = handshake.started_at_ms
                standing = validated(
                    standing_of(self._store, subscription_id),
                    now_ms=now_ms,
                    time_scale=endpoint.subscription.time_scale,
                )
                changed = Change(validated_at_ms=now_ms)
                app_subscriptions.change(self._store, subscription_id, standing, changed)
            self._changed(subscription_id)
        return handshake

    def pause(self, subscription_id: int, *, is_paused: bool) -> None:
        """Hold its attempts back, or let them go on: those overdue at once. Raises UnknownNameError."""
        with self._lock:
            app_subscriptions.pause(self._store, subscription_id, is_paused=is_paused)
        self._changed(subscription_id)

    def end(self, subscription_id: int) -> None:
        """End it: what was sent stays recorded, what is pending is cancelled. Raises UnknownNameError."""
        with self._lock:
            app_subscriptions.end(self._store, subscription_id)
        self._changed(subscription_id)

    def active(self, subscription_id: int) -> int:
        """Return the number of a subscription that events go to.

        Raises:
            UnknownNameError: There is none of this number.
            ConflictError: It is not active.
        """
        standing = standing_of(self._store, subscription_id)
        if standing.state is not SubscriptionState.ACTIVE:
            raise ConflictError(
                f"subscription {subscription_id} is {standing.state} and gets no events; "
                f"POST /api/subscriptions/{subscription_id}/validate makes it active"
            )
        return subscription_id

    def _new(self, form: SubscriptionForm) -> Subscription:
        return Subscription(
            **{name: getattr(form, name) for name in _KEPT_BY_NAME},
            events=self._full(form.events),
            auth=form.auth.auth(),
            client_id=short_id(Random(f"client of {form.url}")),  # noqa: S311 - a fake id, not a secret
            allowed_hosts=self._settings.allowed_hosts,
            allows_private=False,
        )

    def _edits(self, form: SubscriptionEdit) -> dict[str, Any]:
        edits = {name: getattr(form, name) for name in _KEPT_BY_NAME if getattr(form, name) is not None}
        if form.events is not None:
            edits["events"] = self._full(form.events)
        if form.auth is not None:
            edits["auth"] = form.auth.auth()
        return edits | {"allowed_hosts": self._settings.allowed_hosts}

    def _full(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return events' full names, and patterns as they stand."""
        return tuple(name if "*" in name or "?" in name else self._catalog.find(name).name for name in names)


def _rescaled(standing: Standing, before: float, after: float, now_ms: int) -> Standing:
    """Return the standing with what is left until its revalidation on the new time scale."""
    if standing.revalidate_at_ms is None or before == after:
        return standing
    left_ms = max(0, standing.revalidate_at_ms - now_ms) * before / after
    return replace(standing, revalidate_at_ms=now_ms + round(left_ms))

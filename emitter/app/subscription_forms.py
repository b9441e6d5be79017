"""What one may ask for a subscription.

Annotations are read at run time here, so they are not postponed.
"""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from emitter.app.auth_forms import AnyAuthForm, NoAuthForm, url_text
from emitter.app.fields import (
    Reader,
    boolean,
    token_text,
)
from emitter.app.forms import Form, described, wrong
from emitter.app.readers import (
    any_name,
    faults_of_the_api,
    patterns,
    scale_number,
    schedule_text,
    timeout_text,
    variable_name,
    whole_path,
)
from emitter.core.schedule import ZOOM_RETRIES, RetrySchedule
from emitter.core.secrets import SecretToken
from emitter.core.zoom import DEADLINE_S


class SecretForm(Form):
    """Where a secret token comes from; at most one of these."""

    secret_token: Annotated[SecretToken | None, token_text] = None
    secret_token_file: Annotated[str | None, whole_path] = None
    secret_token_env: Annotated[str | None, variable_name] = None
    makes_secret_token: Annotated[bool, Reader(boolean, {"const": True})] = False

    @property
    def given(self) -> list[str]:
        """The names of those that are given."""
        return [name for name in SecretForm.model_fields if getattr(self, name)]

    @model_validator(mode="after")
    def _one_at_most(self) -> Self:
        if len(self.given) > 1:
            raise wrong(f"/{self.given[1]}", f"{self.given[0]} is given already; leave one of them out")
        return self


_ONE_SECRET: Final = {
    "allOf": [
        {"not": {"required": [one, other]}}
        for index, one in enumerate(SecretForm.model_fields)
        for other in [*SecretForm.model_fields][index + 1 :]
    ]
}


class SubscriptionForm(SecretForm):
    """``POST /api/subscriptions``; retry schedule and time-out are texts as on the command line."""

    model_config = described(**_ONE_SECRET)

    url: Annotated[str, url_text]
    name: Annotated[str, any_name] = ""
    events: Annotated[tuple[str, ...], patterns] = ("*",)
    auth: AnyAuthForm = NoAuthForm(mode="none")
    retry_schedule: Annotated[RetrySchedule, schedule_text, Field(alias="retry")] = Field(
        default=ZOOM_RETRIES
    )
    time_scale: Annotated[float, scale_number] = 1.0
    timeout_s: Annotated[float, timeout_text, Field(alias="timeout")] = DEADLINE_S
    verifies_tls: Annotated[bool, boolean] = True
    api_faults: Annotated[tuple[str, ...], faults_of_the_api] = ()
    """How Zoom's API answers calls that this subscription's events lead to; see `emitter.core.api_faults`."""
    is_paused: Annotated[bool, boolean] = False
    is_draft: Annotated[bool, boolean] = False
    """Whether it is stored without a handshake; it gets nothing until it has passed one."""


class SubscriptionEdit(SecretForm):
    """``PATCH /api/subscriptions/{id}``: what is given changes, the rest stays."""

    model_config = described(**_ONE_SECRET, minProperties=1)

    url: Annotated[str | None, url_text] = None
    name: Annotated[str | None, any_name] = None
    events: Annotated[tuple[str, ...] | None, patterns] = None
    auth: AnyAuthForm | None = None
    retry_schedule: Annotated[RetrySchedule | None, schedule_text, Field(alias="retry")] = None
    time_scale: Annotated[float | None, scale_number] = None
    timeout_s: Annotated[float | None, timeout_text, Field(alias="timeout")] = None
    verifies_tls: Annotated[bool | None, boolean] = None
    api_faults: Annotated[tuple[str, ...] | None, faults_of_the_api] = None

    @property
    def wants_handshake(self) -> bool:
        """Whether what changes is what a handshake vouches for: where events go, and how they are signed."""
        return bool(self.url is not None or self.auth is not None or self.given)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise wrong("", "nothing is to be changed; name a field")
        return self

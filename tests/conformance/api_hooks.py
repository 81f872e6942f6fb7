"""As a client does: each write has a name of its own, unless its name is what is being tried."""

import itertools
import re
from typing import Any

import requests
import schemathesis

NAME = "Idempotency-Key"
count = itertools.count(1)


def named(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Gives a write whose name is good another good one."""
    given = request.headers.get(NAME)
    if given is not None and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(given)):
        request.headers[NAME] = f"conformance-{next(count)}"
    return request


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """On the prepared request: a change of the case itself would be taken for another case."""
    kwargs.setdefault("auth", named)

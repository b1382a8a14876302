"""What a user is told where something is refused: one line, whose form is checked here."""

import pytest

from verify.errors import UsageError


def refusal(call, *args, **options):
    """The one line with which a call is refused."""
    with pytest.raises(UsageError) as caught:
        call(*args, **options)
    line = str(caught.value)
    assert "\n" not in line
    assert ": expected " in line
    assert ", got " in line
    assert "; " in line
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return line

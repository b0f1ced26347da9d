"""Each message of the driver stands on the page of messages, and no other does."""

from __future__ import annotations

from tests.docs.messages import listed, messages
from tools.website.mirror import ROOT

PAGE = ROOT / "docs" / "errors.md"


def test_every_message_is_explained() -> None:
    missing = {
        message: module
        for message, module in messages().items()
        if message not in listed(PAGE)
    }
    assert not missing, f"explain what the driver says in {PAGE.name}: {missing}"


def test_every_explained_message_exists() -> None:
    gone = listed(PAGE) - set(messages())
    assert not gone, f"{PAGE.name} explains what the driver does not say: {gone}"

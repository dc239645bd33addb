"""What a plain host answers, and to whom."""

import pytest

from sitegen.preview.hosting import AccessPolicy, Answer, is_here, look_up, refusal

ASKING = {"Host": "desk:8000", "Origin": "http://desk:8000"}


def test_an_address_that_is_no_text() -> None:
    assert look_up("%ff", {"404.html"}) == look_up("x", {"404.html"}) == Answer(404, "404.html")
    assert look_up("x", ()) == Answer(404)


def test_who_may_ask_a_preview_that_others_can_reach() -> None:
    policy = AccessPolicy(public=True, names=frozenset({"desk", "desk.local"}))
    for host in ("desk:8000", "DESK.local.:8000", "192.0.2.7", "[2001:db8::1]:8000", "localhost"):
        assert refusal(policy, {"Host": host}) == ""
    for host in ("desk.example", "example.org", "192.0.2.7.example", ""):
        assert refusal(policy, {"Host": host})
    assert refusal(policy, {"Host": "desk:1", "Origin": "http://desk:1"}, peer="::1", acts=True) == ""
    assert refusal(policy, {"Host": "desk:1"}, acts=True)


@pytest.mark.parametrize(
    ("peer", "here"),
    [
        ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("::ffff:127.0.0.1", True), ("::ffff:7f00:1", True),
        ("192.0.2.7", False), ("10.0.0.1", False), ("169.254.0.1", False), ("0.0.0.0", False), ("128.0.0.1", False),
        ("2001:db8::1", False), ("fe80::1%eth0", False), ("::", False), ("::ffff:192.0.2.7", False),
        ("::127.0.0.1", False), ("", False), ("localhost", False), ("127.0.0.1, 192.0.2.7", False), ("/run/x", False),
    ],
)  # fmt: skip
def test_an_editor_is_for_this_machine_alone(peer: str, here: bool) -> None:
    assert is_here(peer) is here
    for beyond in (True, False):
        policy = AccessPolicy(beyond, frozenset({"desk"}))
        for headers in (ASKING, {**ASKING, "X-Forwarded-For": "127.0.0.1", "X-Real-Ip": "127.0.0.1"}):
            assert (refusal(policy, headers, peer=peer, acts=True) == "") is here
            assert refusal(policy, headers, peer=peer) == "", "all may read"
        assert refusal(policy, {"Host": "desk:8000"}, peer=peer, acts=True)
        assert refusal(policy, {**ASKING, "Origin": "http://evil.example"}, peer=peer, acts=True)

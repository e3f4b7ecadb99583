"""Secrets in links stay off the screen, and survive being edited around."""

import pytest

from base.lib.links import masked, unmasked

SECRET = "5rel-UBH5-MggqtsB2lBmIhMObC9E5eE"
LINK = f"https://weibao.example.com/q/{SECRET}/"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Look here: {LINK}", "Look here: https://weibao.example.com/q/…E5eE/"),
        (f"请点击 {LINK}。", "请点击 https://weibao.example.com/q/…E5eE/。"),
        (f"{LINK} {LINK}", "https://weibao.example.com/q/…E5eE/ https://weibao.example.com/q/…E5eE/"),
        ("http://127.0.0.1:8000/contracts/", "http://127.0.0.1:8000/contracts/"),
        ("no link, only 5rel-UBH5-MggqtsB2lBmIhMObC9E5eE/", "no link, only 5rel-UBH5-MggqtsB2lBmIhMObC9E5eE/"),
    ],
)
def test_only_the_last_four_characters_are_shown(text, shown):
    assert masked(text) == shown


def test_an_edited_text_gets_its_links_back():
    original = f"Dear Ms Wang,\n{LINK}\nRegards"
    edited = masked(original).replace("Dear Ms Wang", "Dear all")
    assert unmasked(edited, original) == f"Dear all,\n{LINK}\nRegards"


def test_a_link_taken_out_stays_out():
    assert unmasked("nothing", LINK) == "nothing"

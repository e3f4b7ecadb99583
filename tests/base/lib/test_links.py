"""Secrets in links stay off the screen."""

import pytest

from base.lib.links import masked, masked_in_log

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


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"Forbidden: /q/{SECRET}/accept/", "Forbidden: /q/…E5eE/accept/"),
        (f'"GET /q/{SECRET} HTTP/1.1" 301', '"GET /q/…E5eE HTTP/1.1" 301'),
        (f"/c/{SECRET}/agree/?lang=en", "/c/…E5eE/agree/?lang=en"),
        (f"https://weibao.example.com/s/{SECRET}/", "https://weibao.example.com/s/…E5eE/"),
        (f"next=%2Fq%2F{SECRET}%2F", "next=%2Fq%2F…E5eE%2F"),
        ("/accounts/password/reset/key/1a-c5xk2-0123456789abcdef/", "/accounts/password/reset/key/…cdef/"),
        (f"DoesNotExist: token={SECRET!r}", "DoesNotExist: token='…E5eE'"),
        ("/q/logo/", "/q/logo/"),
        ("/contracts/12/tab/quotes/", "/contracts/12/tab/quotes/"),
        ("django_template_partials/base.py", "django_template_partials/base.py"),
    ],
)
def test_a_log_shows_no_secret_in_whatever_path_it_stands(line, shown):
    assert masked_in_log(line) == shown

"""Passwords are measured by how many guesses they take (docs/rules.md 8.2)."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from base.accounts.models import User
from base.accounts.passwords import StrengthValidator

CHEN = User(username="evil1", email="chen.jing@example.com", display_name="Chen Jing", phone="13800138000")


@pytest.mark.parametrize(
    "password",
    ["aaaaaaaaaaaa", "123456789012", "evil1evil1evil1", "weibao-demo", "chenjing2026", "qwertyuiop12", "password1234",
     "13800138000a", "abcabcabcabc", "short"],
)  # fmt: skip
def test_what_is_soon_guessed_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, CHEN)


@pytest.mark.parametrize(
    "password",
    ["long enough 7", "otter lamp quartz plum", "天安门前的 47 棵槐树", "x" * 5 + "Kp9#vL2!qT", "k" + "Z7!p" * 60],
)
def test_what_takes_long_is_taken_however_long_it_is(password):
    validate_password(password, CHEN)


def test_nobody_need_be_known():
    StrengthValidator().validate("otter lamp quartz plum")
    with pytest.raises(ValidationError):
        StrengthValidator().validate("password")

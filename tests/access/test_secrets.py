"""Nothing secret in clear: no row of the database holds what a customer's link is made of."""

import json

import pytest
from django.apps import apps
from django.db import models

from base.mail.models import OutgoingMail
from base.mail.occasions import link_of, words_of
from renewals.models import QuoteLink
from renewals.queries import link_token
from service.models import CONSENTS, Survey
from service.promises import consents, surveys

pytestmark = pytest.mark.django_db


def secrets():
    """The secret part of every link there is."""
    found = {link_token(link.quote) for link in QuoteLink.objects.select_related("quote")}
    for model in CONSENTS:
        found |= {consents.token_of(each) for each in model.objects.exclude(token_hash=None)}
    return found | {surveys.token_of(each) for each in Survey.objects.exclude(token_hash=None)}


def test_no_column_of_any_table_keeps_the_secret_of_a_link(world):
    known, kept = secrets(), {}
    for model in apps.get_models():
        texts = [
            field.name for field in model._meta.concrete_fields if isinstance(field, models.TextField | models.CharField)
            or field.get_internal_type() == "JSONField"
        ]  # fmt: skip
        for row in model._base_manager.values(*texts) if texts else []:
            said = json.dumps(row, default=str, ensure_ascii=False)
            kept |= {f"{model.__name__}: {said[:200]}": secret for secret in known if secret in said}
    assert len(known) > 5
    assert kept == {}


def test_the_mails_that_carry_a_link_do_say_it_when_they_leave(world):
    with_link = [mail for mail in OutgoingMail.objects.all() if "{link}" in mail.text]
    assert {mail.kind for mail in with_link} >= {"renewal_quote", "survey_asked"}
    for mail in with_link:
        assert link_of(mail) in words_of(mail)
        assert any(secret in words_of(mail) for secret in secrets())

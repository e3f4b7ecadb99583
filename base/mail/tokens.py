"""The secret part of an address that a mail carries: derived, so that it need not be stored; only its hash is kept."""

import base64
import hashlib
import hmac

from django.conf import settings


def derive(what: str) -> str:
    """A word nobody can guess, always the same for the same `what` in one installation: mails about it share one link."""
    mac = hmac.new(settings.SECRET_KEY.encode(), what.encode(), "sha256")
    return base64.urlsafe_b64encode(mac.digest()[:24]).decode()


def hashed(token: str) -> str:
    """What is stored of it, and looked it up by."""
    return hashlib.sha256(token.encode()).hexdigest()

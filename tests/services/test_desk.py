"""Promises, consents, surveys and damages on PostgreSQL: the same tests as on SQLite."""

import pytest

from tests.service.conftest import desk, taken  # noqa: F401
from tests.service.test_commitments import *  # noqa: F403
from tests.service.test_consents import *  # noqa: F403
from tests.service.test_penalties import *  # noqa: F403
from tests.service.test_surveys import *  # noqa: F403

pytestmark = pytest.mark.django_db

"""No answer of 500 on PostgreSQL either: the same tests as on SQLite."""

import pytest

from tests.access.conftest import _quiet, enter, world  # noqa: F401
from tests.access.test_hostile import *  # noqa: F403

pytestmark = pytest.mark.django_db

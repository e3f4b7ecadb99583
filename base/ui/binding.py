"""Columns and filters are declared without a model; a page binds each to its model once, into a copy that never changes."""

from collections.abc import Mapping
from copy import copy
from typing import Any, Self

from django.db import models


class Bindable:
    """A named piece of a page. `bind(model)` gives a frozen copy that has looked up its field; the piece itself stays.

    `action` hides the piece from everybody who lacks it.
    """

    name: str
    action: str
    #: The model of a bound copy; None while the piece is only declared.
    model: type[models.Model] | None = None

    def bind(self, model: type[models.Model]) -> Self:
        """A frozen copy for this model. Raises `LookupError` where the model has no such field."""
        bound = copy(self)
        bound.__dict__.update(self.looked_up(model), model=model)
        return bound

    def looked_up(self, model: type[models.Model]) -> Mapping[str, Any]:
        """The attributes that a bound copy has in addition, or in another form."""
        raise NotImplementedError

    @property
    def bound_to(self) -> type[models.Model]:
        """The model of a bound copy. Raises `LookupError` while the piece is only declared."""
        if self.model is None:
            raise LookupError(f"{self.name} is not bound to a model yet")
        return self.model

    def __setattr__(self, name: str, value: object) -> None:
        if self.model is not None:
            raise AttributeError(f"{self.name} is bound to {self.model.__name__} and does not change any more")
        super().__setattr__(name, value)

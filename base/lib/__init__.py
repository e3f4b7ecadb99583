"""Plain Python that every floor stands on: values in, values out; no Django, no database, no clock."""

"""Promises beside faults: what was promised and given, who must agree, who is content, what being late costs."""

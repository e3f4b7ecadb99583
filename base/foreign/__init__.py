"""Files from outside, read where they can do no harm: in a process of their own, with bounds.

No module of this package imports Django; `child` is what the rest of the product asks, the others run in the child.
"""

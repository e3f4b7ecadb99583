"""`make mutate`: changes the law of the product in small ways, one at a time, and asks the tests whether they notice.

What stands inside functions is left to mutmut; what stands outside of them (tables, constants, patterns) mutmut 3 leaves
alone, so that its operators are applied to it here (docs/mutation.md).
"""

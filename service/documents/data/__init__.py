"""The papers that the desk writes (DESIGN 6; sections and fields: china-practice 5)."""

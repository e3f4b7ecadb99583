"""The papers that the desk writes (docs/documents.md)."""

"""Pictures for tests."""

from io import BytesIO

from PIL import Image


def drawn(width: int, height: int, kind: str = "PNG") -> bytes:
    """An even grey."""
    data = BytesIO()
    Image.new("L", (width, height), 96).save(data, kind)
    return data.getvalue()

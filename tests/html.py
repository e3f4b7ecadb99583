"""Reading a page as a browser does: how a template breaks its lines is not what is tested."""

import re

from django.http import HttpResponse

_SPACE = re.compile(r"\s+")
_AROUND_TAGS = re.compile(r"(?<=>) | (?=</?[a-z]| ?/?>)|(?<=<) ")


def squeezed(page: HttpResponse | bytes | str) -> str:
    """The HTML with one space where there is white space, and none at the edges of tags."""
    content = page.content if isinstance(page, HttpResponse) else page
    text = content.decode() if isinstance(content, bytes) else content
    return _AROUND_TAGS.sub("", _SPACE.sub(" ", text)).replace("/>", ">")

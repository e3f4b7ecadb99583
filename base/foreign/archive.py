"""Opening a ZIP archive of foreign hands without believing what it says of its own size."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final, cast

from base.foreign.limits import MAX_DIRECTORY, MAX_UNPACKED, Fault, Unreadable

_CHUNK: Final = 2**20


class _Metered(io.RawIOBase):
    """A file of which only so much can be read while its directory is looked for."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self.file, self.left = file, most

    def read(self, size: int = -1) -> bytes:
        found = self.file.read(self.left + 1 if size < 0 else min(size, self.left + 1))
        self.left -= len(found)
        if self.left < 0:
            raise Unreadable(Fault.UNPACKED)
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def seekable(self) -> bool:
        return True


def directory(file: IO[bytes]) -> list[zipfile.ZipInfo] | None:
    """What an archive says it holds, nothing unpacked; None for what is no archive.

    Raises `Unreadable` for a directory of more than a megabyte: reading it would take a thousand times as much.
    """
    try:
        # Looking for the end takes up to 64 kB twice.
        with zipfile.ZipFile(cast(IO[bytes], _Metered(file, MAX_DIRECTORY + 2**18))) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
        return None


class Archive:
    """An archive whose parts may be read up to a sum of bytes, counted as they come out."""

    def __init__(self, file: IO[bytes]) -> None:
        entries = directory(file)
        if entries is None:
            raise Unreadable(Fault.NOT_A_WORKBOOK)
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise Unreadable(Fault.UNPACKED)
        self.names = {entry.filename for entry in entries}
        self._archive, self._left = zipfile.ZipFile(file), MAX_UNPACKED

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part, about a megabyte at a time."""
        try:
            with self._archive.open(name) as part:
                while chunk := part.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise Unreadable(Fault.UNPACKED)
                    yield chunk
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError, zlib.error):
            raise Unreadable(Fault.DAMAGED) from None

    def part(self, name: str, most: int = 8 * 2**20) -> bytes:
        """A small part as a whole; nothing for one that is not there. Raises `Unreadable` above `most` bytes."""
        if name not in self.names:
            return b""
        found = b""
        for chunk in self.chunks(name):
            found += chunk
            if len(found) > most:
                raise Unreadable(Fault.UNPACKED)
        return found

    def copy_with(self, changed: dict[str, bytes]) -> io.BytesIO:
        """The archive anew, with some parts replaced."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for name in self.names:
                with copy.open(name, "w") as part:
                    for chunk in [changed[name]] if name in changed else self.chunks(name):
                        part.write(chunk)
        target.seek(0)
        return target

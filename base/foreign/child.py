"""Starting the child that reads a foreign file, and taking what it says line by line."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO, Any, Final, TypeAlias

from base.foreign.limits import MAX_BYTES, MAX_CLOCK, Fault, Unreadable

Source: TypeAlias = str | Path | bytes | IO[bytes]

_ROOT: Final = Path(__file__).parents[2]
#: How the kernel, or a library that gets no memory, ends a process that asks for too much.
_BY_SIGNAL: Final = {signal.SIGXCPU: Fault.TIME, signal.SIGKILL: Fault.TIME}
#: The child needs none of our secrets, one arena of memory instead of one for each thread, and UTF-8.
_ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "1", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}


def read(module: str, source: Source, *arguments: str) -> Iterator[Any]:
    """What `python -m module` says of the file on its standard input, one JSON value a line.

    The last line is `{"end": true}`, or `{"fault": …}` with the reason why the file is not read. Raises `Unreadable`,
    also for a file above 20 MB and for a child that was ended by its limits.
    """
    with _opened(source) as file, tempfile.TemporaryFile() as errors:
        if os.fstat(file.fileno()).st_size > MAX_BYTES:
            raise Unreadable(Fault.SIZE)
        command = [sys.executable, "-s", "-m", module, *arguments]
        with subprocess.Popen(
            command, cwd=_ROOT, stdin=file, stdout=subprocess.PIPE, stderr=errors, env=_ENVIRONMENT
        ) as process:
            clock = Timer(MAX_CLOCK, process.kill)
            clock.start()
            try:
                assert process.stdout is not None
                yield from _until_end(process.stdout)
            except _Cut:
                raise _why(process, errors) from None
            finally:
                clock.cancel()
                process.kill()


class _Cut(Exception):
    """The child ended before it said so."""


def _until_end(lines: IO[bytes]) -> Iterator[Any]:
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:  # a line that a killed child did not finish
            break
        if isinstance(said, dict) and "fault" in said:
            raise Unreadable(Fault(said["fault"]))
        if said == {"end": True}:
            return
        yield said
    raise _Cut


def _why(process: "subprocess.Popen[bytes]", errors: IO[bytes]) -> Exception:
    """Why a child ended early: by a limit, or by a fault of ours, which is told as it is."""
    code = process.wait()
    if code < 0:
        return Unreadable(_BY_SIGNAL.get(signal.Signals(-code), Fault.MEMORY))
    errors.seek(0)
    said = errors.read(8192).decode(errors="replace")
    return Unreadable(Fault.MEMORY) if "memory" in said.lower() else RuntimeError(said)


@contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    """The source as a file of the operating system, at its beginning."""
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as copy:
        copy.write(source if isinstance(source, bytes) else source.read(MAX_BYTES + 1))
        copy.flush()
        copy.seek(0)
        yield copy

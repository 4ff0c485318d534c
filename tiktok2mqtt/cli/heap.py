"""One heap for all threads."""

import ctypes
from contextlib import suppress
from typing import Final

_M_ARENA_MAX: Final = -8  # mallopt(3)


def share_one_heap() -> None:
    """Let all threads take their memory from one heap. To be called before there are any.

    glibc gives each new thread one of up to 16 heaps (on two processors), and a heap gives little back of what its
    threads have freed: after a thousand reconnects, 100 MiB. The interpreter runs one thread at a time, so that one
    heap is enough. Other C libraries do not know the call.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)

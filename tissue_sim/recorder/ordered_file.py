"""The file under HDF5: decides in which order bytes reach the disk, so that a kill never costs a snapshot.

HDF5 writes its metadata in the order of their addresses. When a node of a chunk index is full, it is split:
the old node then points to new ones that are not on disk yet, and a process killed (or a disk filled) in
between leaves a file whose finished snapshots cannot be found any more. Replaying every prefix of the writes
of such a run showed just that, and nothing else.

So HDF5 writes into this object. Bytes beyond the end of the committed file go to disk at once: nothing there
points to them. Bytes inside it are held back until `commit`, which writes them so that a pointer is never on
disk before what it points to.
"""

from __future__ import annotations

import contextlib
import io
import os
from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["OrderedFile"]

# A node of a chunk index (version 1 B-tree): signature, type, level. HDF5 file format specification, III.A.
NODE = b"TREE"
LEVEL = 5


class OrderedFile(io.RawIOBase):
    """A file object for h5py (``driver="fileobj"``) with transactions.

    Between two commits the file on disk reads as it did at the first of them.

    Parameters
    ----------
    path : Path
        The file.
    create : bool
        Make a new file (an existing one is an error), or go on with an existing one.

    Raises
    ------
    OSError
        If it cannot be opened.
    """

    def __init__(self, path: Path, *, create: bool) -> None:
        super().__init__()
        flags = os.O_RDWR | (os.O_CREAT | os.O_EXCL if create else 0)
        self._descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o666)
        self._committed = self._size = os.fstat(self._descriptor).st_size
        self._position = 0
        self._offsets: list[int] = []
        self._held: dict[int, bytearray] = {}
        self._failure: OSError | None = None

    def readable(self) -> bool:
        """Yes."""
        return True

    def writable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read from the file as HDF5 has written it; what was never written reads as zeros."""
        target = memoryview(buffer).cast("B")
        start, length = self._position, len(target)
        stored = os.pread(self._descriptor, length, start)
        target[: len(stored)] = stored
        target[len(stored) :] = bytes(length - len(stored))
        for offset, data in self._overlapping(start, start + length):
            first, last = max(offset, start), min(offset + len(data), start + length)
            target[first - start : last - start] = data[first - offset : last - offset]
        self._position += length
        return length

    def write(self, buffer: Any) -> int:
        """Write beyond the committed end at once, hold back what lies before it.

        A failure is kept for `commit`: HDF5 must not see it, for it would give up in the middle.
        """
        data = memoryview(buffer).cast("B")
        start, length = self._position, len(data)
        inside = min(max(self._committed - start, 0), length)
        if inside:
            self._hold(start, data[:inside])
        if inside < length and self._failure is None:
            try:
                self._write_now(start + inside, data[inside:])
            except OSError as error:
                self._failure = error
        self._position += length
        self._size = max(self._size, self._position)
        return length

    def truncate(self, size: int | None = None) -> int:
        """Set the length; takes effect at the next commit."""
        self._size = self._position if size is None else size
        return self._size

    def commit(self, *, indexes_first: bool = False) -> None:
        """Make everything written so far the content of the file.

        Parameters
        ----------
        indexes_first : bool
            Write changed nodes of chunk indexes before all else (but the superblock): for a commit after
            which new rows count at once. Otherwise last, which is right for nodes that are split.

        Raises
        ------
        OSError
            If the disk is full or gone; the file on disk then still reads as at the last commit.
        """
        if self._failure is not None:
            raise self._failure
        if os.fstat(self._descriptor).st_size < self._size:
            os.ftruncate(self._descriptor, self._size)
        rank = {offset: self._rank(offset, 1 if indexes_first else 3) for offset in self._held}
        for offset in sorted(self._held, key=rank.__getitem__):
            self._write_now(offset, self._held[offset])
        if os.fstat(self._descriptor).st_size > self._size:
            os.ftruncate(self._descriptor, self._size)
        self._committed = self._size
        self._offsets.clear()
        self._held.clear()

    def close(self) -> None:
        """Close without a commit: whatever came after the last one is dropped."""
        if not self.closed:
            os.close(self._descriptor)
        super().close()

    def discard(self) -> None:
        """Give back the space of what was never committed; errors do not matter any more."""
        self._failure = self._failure or OSError("discarded")
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, self._committed)

    def _rank(self, offset: int, place_of_nodes: int) -> tuple[int, int]:
        """Sort key (stable: else in the order of writing, in which HDF5 puts data before metadata).

        First the superblock, which says how long the file is. Of the nodes of an index that stood there
        already, parents come first: when a node is split, it keeps its lower half, a new node has the upper
        half, and the parent comes to point to both; until the old node is written, it holds all entries.
        """
        data = self._held[offset]
        if data[: len(NODE)] == NODE and os.pread(self._descriptor, len(NODE), offset) == NODE:
            return place_of_nodes, -data[LEVEL]
        return (0, 0) if offset == 0 else (2, 0)

    def _write_now(self, offset: int, data: Any) -> None:
        left = memoryview(data)
        while len(left):
            done = os.pwrite(self._descriptor, left, offset)
            left, offset = left[done:], offset + done

    def _hold(self, start: int, data: memoryview) -> None:
        """Keep bytes back; pieces held never overlap."""
        stop = start + len(data)
        for offset, piece in list(self._overlapping(start, stop)):
            if offset <= start and stop <= offset + len(piece):
                piece[start - offset : stop - offset] = data
                self._held[offset] = self._held.pop(offset)  # written last
                return
            self._drop(offset)
            if offset < start:
                self._keep(offset, piece[: start - offset])
            if offset + len(piece) > stop:
                self._keep(stop, piece[stop - offset :])
        self._keep(start, bytearray(data))

    def _keep(self, offset: int, piece: bytearray) -> None:
        insort(self._offsets, offset)
        self._held[offset] = piece

    def _drop(self, offset: int) -> None:
        self._offsets.pop(bisect_left(self._offsets, offset))
        del self._held[offset]

    def _overlapping(self, start: int, stop: int) -> Iterator[tuple[int, bytearray]]:
        first = bisect_left(self._offsets, start)
        if first > 0:
            first -= 1
        for offset in self._offsets[first : bisect_left(self._offsets, stop)]:
            if offset + len(self._held[offset]) > start:
                yield offset, self._held[offset]

"""A network between the gate and its database that can be slow, silent or broken."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing tells the other side so at once


class Network:
    """Passes on what comes to its *port*, to *target* and back."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: list[_Pair] = []
        self._closed = False
        self._passes = Event()
        self._passes.set()
        Thread(target=self._accept, daemon=True).start()

    def swallow(self) -> None:
        """Let nothing through, in neither direction, without a word; until it flows again."""
        self._passes.clear()

    def flow(self) -> None:
        """Let through whatever waits, and whatever comes."""
        self._passes.set()

    def reset(self) -> None:
        """Break every connection there is."""
        for each in self._pairs:
            each.end()
        self._pairs.clear()

    def forget(self) -> None:
        """Leave every connection there is open and silent for good; new ones work."""
        for each in self._pairs:
            each.forgotten = True

    def close(self) -> None:
        """Break everything and listen no more."""
        self._closed = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.flow()
        self.reset()

    def _accept(self) -> None:
        while not self._closed:
            with suppress(OSError):
                near = self._listener.accept()[0]
                far = socket.create_connection(self._target)
                self._pairs.append(_Pair(near, far, self._passes))


class _Pair:
    """One connection through the network."""

    def __init__(self, near: socket.socket, far: socket.socket, passes: Event) -> None:
        self.forgotten = False
        self._both, self._passes = (near, far), passes
        for one, other in ((near, far), (far, near)):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def end(self) -> None:
        """Reset it on both sides."""
        for each in self._both:
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                each.shutdown(socket.SHUT_RD)  # which wakes who reads from it
            each.close()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while part := one.recv(65536):
                self._passes.wait()
                if not self.forgotten:
                    other.sendall(part)
            self._passes.wait()
            if not self.forgotten:
                other.shutdown(socket.SHUT_WR)


@contextmanager
def network(host: str, port: int) -> Iterator[Network]:
    """A network to *host* and *port* for as long as the context lasts."""
    between = Network((host, port))
    try:
        yield between
    finally:
        between.close()

"""What a served gate answers at the doors without a body."""

from http.client import HTTPConnection

from tests.faults.gate import PATIENCE, Serving


def status_of(served: Serving, path: str) -> int:
    """The status of a GET of *path*, over a connection of its own."""
    connection = HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()

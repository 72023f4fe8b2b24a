"""gatehouse serve."""

import click

from service.server import serve
from service.settings import Settings


@click.command("serve")
@click.pass_obj
def serve_command(settings: Settings) -> None:
    """Serve HTTP on GATEHOUSE_BIND (default 127.0.0.1:8080) until told to stop."""
    serve(settings)

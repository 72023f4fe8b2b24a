"""Environment -> settings -> application; nothing else."""

import os

from service.app import create_app
from service.settings import settings_from
from service.wiring import wire

app = create_app(wire(settings_from(os.environ)))

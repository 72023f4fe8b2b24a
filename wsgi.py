"""Environment -> settings -> application; nothing else."""

import os

from service.serving import served
from service.settings import settings_from

app = served(settings_from(os.environ))

"""Environment -> settings -> application; nothing else."""

import os

from service.logs import begin
from service.serving import served
from service.settings import settings_from

settings = settings_from(os.environ)
begin(settings.log)
app = served(settings)

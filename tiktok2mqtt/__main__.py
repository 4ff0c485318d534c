"""`python -m tiktok2mqtt`."""

import sys

from tiktok2mqtt.cli.main import main

sys.exit(main())

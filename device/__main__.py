"""`python -m device` is `rolig`."""

import sys

from device.cli import main

sys.exit(main())

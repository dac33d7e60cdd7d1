"""python3 -m emulator: serves until it is told to stop. See server.py."""

import sys

from emulator.server import main

sys.exit(main(sys.argv[1:]))

"""Finds pipec and what the judges share. PIPEC names the program."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "judges"))

"""python -m ketuan: opens the door cli and does nothing else."""

import sys

from ketuan.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

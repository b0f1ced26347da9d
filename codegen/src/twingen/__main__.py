"""`python -m twingen`: the command line, for where no command is installed."""

import sys

from .commands.cli import main

if __name__ == "__main__":
    sys.exit(main())

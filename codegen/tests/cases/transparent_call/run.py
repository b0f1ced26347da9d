# row: mylib.drive = unwrap
import asyncio
import sys

from mylib import drive


async def main(x): ...


if __name__ == "__main__":
    asyncio.run(main(sys.argv))
    sys.exit((drive(main(1))))

# ---- twin ----
# row: mylib.drive = unwrap
import sys


def main(x): ...


if __name__ == "__main__":
    main(sys.argv)
    sys.exit((main(1)))

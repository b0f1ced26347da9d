import importlib.metadata
from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version(__package__ or __name__)
except PackageNotFoundError:
    __version__ = "unknown"

summary = importlib.metadata.metadata(__name__.partition(".")[0])["summary"]


async def wait():
    return version(distribution_name=__name__)

# ---- twin ----
import importlib.metadata
from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("" or "source")
except PackageNotFoundError:
    __version__ = "unknown"

summary = importlib.metadata.metadata("source".partition(".")[0])["summary"]


def wait():
    return version(distribution_name="source")

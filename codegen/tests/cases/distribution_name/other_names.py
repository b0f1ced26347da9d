from importlib.metadata import version
import logging


def label(name):
    return version(name)


logger = logging.getLogger(__name__)
text = f"{version('other')} of {__name__}"

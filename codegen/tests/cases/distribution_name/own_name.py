from importlib.metadata import version


def asked(__name__):
    return version(__name__)

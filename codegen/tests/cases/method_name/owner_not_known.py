from elsewhere import open_reader


def f(reader):
    made = open_reader()
    return reader.aread(), made.await_count

# ---- twin ----
from elsewhere import open_reader


def f(reader):
    made = open_reader()
    return reader.read(), made.call_count

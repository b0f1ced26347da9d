import threading


def f(event: threading.Event | None):
    return isinstance(event, threading.Event), threading.Lock()

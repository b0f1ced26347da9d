import threading


def f():
    event = threading.Event()
    event.set()
    event.wait()

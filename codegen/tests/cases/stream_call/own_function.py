def open_connection(host, happy_eyeballs_delay):
    return host


def f():
    return open_connection("host", happy_eyeballs_delay=3)

# tasks: turns
def get_running_loop():
    raise RuntimeError


def runs():
    try:
        get_running_loop()
    except RuntimeError:
        return False
    return True

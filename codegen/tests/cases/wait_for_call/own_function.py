def wait_for(x, timeout):
    return x


wait_for(print(), timeout=1)

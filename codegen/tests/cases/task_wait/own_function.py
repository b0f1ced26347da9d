import concurrent.futures
from concurrent.futures import wait


def main(xs):
    return wait(xs), concurrent.futures.wait(xs)

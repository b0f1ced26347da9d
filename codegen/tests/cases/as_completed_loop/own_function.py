from concurrent.futures import as_completed


def main(xs):
    return [each.result() for each in as_completed(xs)]

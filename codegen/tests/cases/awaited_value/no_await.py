import concurrent.futures


def main(future: concurrent.futures.Future):
    return future.result()

from concurrent.futures import Future

future = Future()
future.cancel()

from elsewhere import Reader, open_reader


def f(reader: Reader):
    made = open_reader()
    return reader.aread(), Reader().await_count, made

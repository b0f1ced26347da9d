# tasks: turns


def texts(rows):
    return list(str(row) for row in rows), (row for row in rows if row)

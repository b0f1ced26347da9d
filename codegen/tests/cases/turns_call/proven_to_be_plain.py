# tasks: turns
def size(keys):
    return len(keys)


def sizes(many):
    found = [size(each) for each in many]
    return sorted(found), max(found), list(map(size, many))

def get(path):
    return None


def put(path, sources, table):
    pass

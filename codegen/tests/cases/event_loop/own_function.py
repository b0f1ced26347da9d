def get_running_loop():
    return 1


loop = get_running_loop()

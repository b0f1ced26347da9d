def f(x):
    # await the result
    text = "await f()"
    return text + f"await {x}"

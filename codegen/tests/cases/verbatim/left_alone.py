def f(x):
    # verbatim, says a comment
    return x  # what is verbatim here?

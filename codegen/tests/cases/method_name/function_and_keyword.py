def aclose(asend):
    return asend


aclose(asend="aclose")

# local: aclient = client
import mylib

aclient = mylib.Client()


class Api:
    aclient = None


def use(api):
    return api.aclient, mylib.use(aclient=aclient), Api.aclient

import asyncio
import functools
import inspect


def logged(function):
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def async_wrapper(*args):
            print("before")
            return await function(*args)

        return async_wrapper

    @functools.wraps(function)
    def wrapper(*args):
        print("before")
        return function(*args)

    return wrapper


async def call(function, x):
    # either of them
    if asyncio.iscoroutinefunction(function):
        result = await function(x)
    else:
        result = function(x)
    if not inspect.iscoroutinefunction(function): print("called")
    else: print("called")
    return result


async def value(function):
    found = function()
    if inspect.isawaitable(found):
        found = await found
    return found


async def only(found):
    if found:
        if inspect.iscoroutine(found):
            found = await found

# ---- twin ----

import functools


def logged(function):

    @functools.wraps(function)
    def wrapper(*args):
        print("before")
        return function(*args)

    return wrapper


def call(function, x):
    # either of them
    result = function(x)
    print("called")
    return result


def value(function):
    found = function()
    return found


def only(found):
    if found:
        pass

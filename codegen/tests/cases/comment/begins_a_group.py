import sys

import asyncio  # twingen: async-only
import json

if sys:  # twingen: async-only
    import signal
import socket

import trio  # twingen: async-only

# about the names
NAMES = [sys, json, socket]


class A:
    a = NAMES

    b = 1  # twingen: async-only
    c = 2

    d = 3  # twingen: async-only
    if sys:  # twingen: async-only
        e = 4
    else:  # twingen: sync-only
        e = 5

    f = 6  # twingen: async-only

# ---- twin ----

import sys

import json

import socket

# about the names
NAMES = [sys, json, socket]


class A:
    a = NAMES

    c = 2

    e = 5

# tasks: turns
import json


def main(client):
    return hasattr(json, "loads"), getattr(client, "timeout", None)

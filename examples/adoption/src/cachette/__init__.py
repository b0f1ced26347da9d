"""A small client for memcached: few connections, a deadline, retries, a rate."""

from ._async.client import AsyncClient as AsyncClient
from ._async.rate import AsyncRate as AsyncRate
from ._sync.client import Client as Client
from ._sync.rate import Rate as Rate
from .errors import CacheError as CacheError, OutcomeUnknown as OutcomeUnknown

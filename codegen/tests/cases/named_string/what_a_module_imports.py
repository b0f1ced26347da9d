# strings: unittest.mock.patch
import random
from random import uniform
from unittest import mock

mock.patch("source.random.uniform")
mock.patch("source.uniform", return_value=random.random() + uniform(0, 1))
# ---- twin ----
# strings: unittest.mock.patch
import random
from random import uniform
from unittest import mock

mock.patch("twin.random.uniform")
mock.patch("twin.uniform", return_value=random.random() + uniform(0, 1))
